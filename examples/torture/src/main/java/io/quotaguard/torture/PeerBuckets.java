package io.quotaguard.torture;

import com.zaxxer.hikari.HikariDataSource;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bucket4j as its documentation sets it up: SELECT FOR UPDATE on PostgreSQL, compare-and-swap over Lettuce on Redis. */
final class PeerBuckets implements AutoCloseable {
    /** Of each bucket. */
    static final long LIMIT = 700;

    static final String TABLE =
            "CREATE TABLE bucket (id bigint PRIMARY KEY, state bytea, expires_at bigint," + " explicit_lock bigint)";

    /** So long that nothing is refilled during a run. */
    private static final Duration REFILL = Duration.ofDays(365);

    private final @Nullable RedisClient client;
    private final List<Bucket> buckets;

    private PeerBuckets(@Nullable RedisClient client, List<Bucket> buckets) {
        this.client = client;
        this.buckets = buckets;
    }

    static PeerBuckets open(HikariDataSource pool, @Nullable String redis, int subjects) {
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(bandwidth -> bandwidth.capacity(LIMIT).refillIntervally(LIMIT, REFILL))
                .build();
        List<Bucket> buckets = new ArrayList<>();
        if (redis == null) {
            RemoteBucketBuilder<Long> builder = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                    .table("bucket")
                    .build()
                    .builder();
            for (long i = 0; i < subjects; i++) {
                buckets.add(builder.build(i, () -> configuration));
            }
            return new PeerBuckets(null, buckets);
        }
        RedisClient client = RedisClient.create();
        RemoteBucketBuilder<String> builder = Bucket4jLettuce.casBasedBuilder(client.connect(
                        RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE), RedisURI.create(redis)))
                .build()
                .builder();
        for (int i = 0; i < subjects; i++) {
            buckets.add(builder.build("bucket-" + i, () -> configuration));
        }
        return new PeerBuckets(client, buckets);
    }

    boolean use(int subject, int units) {
        return buckets.get(subject).tryConsume(units);
    }

    /** Returns how many tokens are gone from a bucket. */
    long gone(int subject) {
        return LIMIT - buckets.get(subject).getAvailableTokens();
    }

    @Override
    public void close() {
        if (client != null) {
            client.shutdown();
        }
    }
}
