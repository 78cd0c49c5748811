package io.quotaguard.benchmarks;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * Bucket4j, and a key and a stream entry in the same Redis for each use that it allows. These two go together, but after the
 * bucket, which is written before Bucket4j returns: a crash between them loses the entry.
 */
final class StreamContender implements Contender {
    private static final SetArgs ONCE = SetArgs.Builder.nx().ex(Duration.ofDays(35));
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Contender other;
    private final RedisAsyncCommands<String, String> commands;
    private final String prefix;
    private final String stream;

    private StreamContender(Contender other, Bed bed) {
        this.other = other;
        this.commands = bed.redis().connection().async();
        this.prefix = bed.redis().freshNamespace() + ":key:";
        this.stream = bed.redis().freshNamespace() + ":ledger";
    }

    static Contender besideBucket4j(Bed bed) {
        return new StreamContender(Bucket4jRedis.compareAndSwap(bed), bed);
    }

    @Override
    public boolean use(int subject, long units) throws SQLException {
        boolean allowed = other.use(subject, units);
        if (allowed) {
            String key = PlainLedger.randomKey().toString();
            RedisFuture<String> once = commands.set(prefix + key, "", ONCE);
            RedisFuture<String> entry = commands.xadd(
                    stream, Map.of("key", key, "subject", Integer.toString(subject), "units", Long.toString(units)));
            if (!LettuceFutures.awaitAll(TIMEOUT, once, entry)) {
                throw new IllegalStateException("Redis did not answer within " + TIMEOUT);
            }
        }
        return allowed;
    }

    @Override
    public Books books() throws SQLException {
        RedisFuture<Long> entries = commands.xlen(stream);
        LettuceFutures.awaitAll(TIMEOUT, entries);
        return new Books(other.books().units(), entries.toCompletableFuture().join());
    }
}
