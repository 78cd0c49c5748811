package io.quotaguard.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads how far the ledger is behind. Thread-safe. */
final class Lag {
    private final RedisLink link;
    private final Shards shards;

    Lag(RedisLink link, Shards shards) {
        this.link = link;
        this.shards = shards;
    }

    DrainLag read(Deadline deadline) {
        List<CompletionStage<Long>> lengths = new ArrayList<>();
        List<CompletionStage<Long>> setAside = new ArrayList<>();
        List<CompletionStage<List<StreamMessage<String, byte[]>>>> oldest = new ArrayList<>();
        for (int shard = 0; shard < shards.count(); shard++) {
            String stream = shards.streamKey(shard);
            String refused = shards.refusedKey(shard);
            lengths.add(link.ask(on -> on.xlen(stream)));
            setAside.add(link.ask(on -> on.xlen(refused)));
            oldest.add(link.ask(on -> on.xrange(stream, Range.unbounded(), Limit.from(1))));
        }
        try {
            long entries = 0;
            long refused = 0;
            long oldestMillis = Long.MAX_VALUE;
            for (int shard = 0; shard < shards.count(); shard++) {
                entries += RedisLink.await(lengths.get(shard), deadline);
                refused += RedisLink.await(setAside.get(shard), deadline);
                for (StreamMessage<String, byte[]> entry : RedisLink.await(oldest.get(shard), deadline)) {
                    oldestMillis = Math.min(oldestMillis, millis(entry.getId()));
                }
            }
            return new DrainLag(entries, age(oldestMillis, deadline), refused);
        } catch (RedisFault e) {
            throw e.unavailable(null);
        }
    }

    /** Entries are numbered by the server's clock. */
    private Duration age(long millis, Deadline deadline) throws RedisFault {
        if (millis == Long.MAX_VALUE) {
            return Duration.ZERO;
        }
        List<byte[]> time = RedisLink.await(link.ask(on -> on.time()), deadline);
        long now = Ascii.number(time.get(0)) * 1_000 + Ascii.number(time.get(1)) / 1_000;
        return Duration.ofMillis(Math.max(0, now - millis));
    }

    private static long millis(String entry) {
        return Long.parseLong(entry.substring(0, entry.indexOf('-')));
    }
}
