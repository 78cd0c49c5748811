package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.Deadline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Begins the shards, and begins them anew (F1). A shard without an epoch has lost all it knew, or never knew anything; one
 * whose epoch began in another history of writes may have lost what it knew last. Then every subject is loaded from the store
 * behind this one before anything of it is decided. Thread-safe.
 */
final class Epochs {
    private static final String SHARDS = "s";

    private final RedisLink link;
    private final Scripts scripts;
    private final Shards shards;

    Epochs(RedisLink link, Scripts scripts, Shards shards) {
        this.link = link;
        this.scripts = scripts;
        this.shards = shards;
    }

    /** Begins a shard, unless it has begun in what the server goes on with. */
    void begin(int shard, Deadline deadline) throws RedisFault {
        RedisLink.await(started(shard), deadline);
        RedisLink.await(noteShards(), deadline);
    }

    /**
     * Notes how many shards there are.
     *
     * @throws InvalidQuotaArgumentException when others have noted another number: each would count by itself
     */
    void requireShards(Deadline deadline) throws RedisFault {
        RedisLink.await(noteShards(), deadline);
        long noted = Ascii.number(RedisLink.await(link.ask(on -> on.hget(shards.shardKey(0), SHARDS)), deadline));
        if (noted != shards.count()) {
            throw InvalidQuotaArgumentException.of(
                    "H1",
                    "number of shards",
                    shards.count(),
                    "is not the " + noted
                            + " that this namespace was begun with; to change it, drain, stop all nodes, and"
                            + " remove the namespace's keys");
        }
    }

    /** The first shard's keys are the same for every number of shards. */
    private CompletionStage<Boolean> noteShards() {
        return link.ask(on -> on.hsetnx(shards.shardKey(0), SHARDS, Ascii.of(shards.count())));
    }

    /** Begins all shards that have not begun. */
    void beginAll(Deadline deadline) throws RedisFault {
        List<CompletionStage<byte[]>> begun = new ArrayList<>();
        for (int shard = 0; shard < shards.count(); shard++) {
            begun.add(started(shard));
        }
        for (CompletionStage<byte[]> each : begun) {
            RedisLink.await(each, deadline);
        }
    }

    private CompletionStage<byte[]> started(int shard) {
        String[] keys = {shards.shardKey(shard), shards.streamKey(shard)};
        return link.run(scripts.begin, ScriptOutputType.VALUE, keys, newEpoch());
    }

    /** Asks when a shard was begun, or begun anew. */
    CompletionStage<byte[]> begun(int shard) {
        return link.ask(on -> on.hget(shards.shardKey(shard), "a"));
    }

    /** Returns what was asked for, as it is kept there; nothing when the shard was not begun. */
    static byte[] begun(CompletionStage<byte[]> asked, Deadline deadline) throws RedisFault {
        byte @Nullable [] begun = RedisLink.await(asked, deadline);
        return begun == null ? new byte[0] : begun;
    }

    /** Has every subject of a shard loaded anew if the shard was begun anew since {@code begun} was read. */
    CompletionStage<Long> renewSince(int shard, byte[] begun) {
        return link.run(scripts.renewSince, ScriptOutputType.INTEGER, keys(shard), newEpoch(), begun);
    }

    /** Has every subject loaded anew, since the store behind this one was changed there. */
    void renewAll(Deadline deadline) throws RedisFault {
        List<CompletionStage<Long>> renewed = new ArrayList<>();
        for (int shard = 0; shard < shards.count(); shard++) {
            renewed.add(link.run(scripts.renew, ScriptOutputType.INTEGER, keys(shard), newEpoch()));
        }
        for (CompletionStage<Long> each : renewed) {
            RedisLink.await(each, deadline);
        }
    }

    /** Tells all shards that windows which had ended by then may have been removed from the ledger. */
    void removedUntil(Instant end, Deadline deadline) throws RedisFault {
        List<CompletionStage<Long>> told = new ArrayList<>();
        for (int shard = 0; shard < shards.count(); shard++) {
            told.add(link.run(scripts.removed, ScriptOutputType.INTEGER, keys(shard), Ascii.of(end.toEpochMilli())));
        }
        for (CompletionStage<Long> each : told) {
            RedisLink.await(each, deadline);
        }
    }

    private String[] keys(int shard) {
        return new String[] {shards.shardKey(shard)};
    }

    private static byte[] newEpoch() {
        return Ascii.of(UUID.randomUUID().toString());
    }
}
