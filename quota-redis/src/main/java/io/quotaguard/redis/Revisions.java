package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.Plan;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The revisions of plans and of the default plan, of which every shard has a copy for the scripts to compare (R25).
 * Thread-safe.
 *
 * <p>A change keeps all shards from deciding by the old revision before it is made, so that none does afterwards; whoever
 * asks next reads the new one.
 */
final class Revisions {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final RedisLink link;
    private final Scripts scripts;
    private final Shards shards;
    private final BackingStore behind;

    Revisions(RedisLink link, Scripts scripts, Shards shards, BackingStore behind) {
        this.link = link;
        this.scripts = scripts;
        this.shards = shards;
        this.behind = behind;
    }

    static String plan(String code) {
        return "p" + code;
    }

    static String defaultPlan() {
        return "d";
    }

    /** Returns the names of all revisions that a subject's catalog was read with, each with the revision. */
    static List<byte[]> of(SubjectCatalog catalog) {
        List<byte[]> revisions = new ArrayList<>();
        revisions.add(Ascii.of(defaultPlan()));
        revisions.add(Ascii.of(catalog.defaultPlan().revision()));
        for (Plan plan : catalog.plans().values()) {
            revisions.add(Ascii.of(plan(plan.code())));
            revisions.add(Ascii.of(plan.version()));
        }
        return revisions;
    }

    /** Returns the current version of a plan, 0 when there is none. */
    long versionOf(String plan, Deadline deadline) {
        return behind.catalog().plan(plan, deadline).map(Plan::version).orElse(0L);
    }

    /** Returns the current revision of the choice of default plan, as any subject sees it. */
    long ofDefaultPlan(String subject, Deadline deadline) {
        return behind.catalog().load(subject, deadline).defaultPlan().revision();
    }

    /** Tells a shard of a revision, unless one is being changed since {@code fences} was read. */
    void learn(int shard, String field, long revision, byte[] fences, Deadline deadline) throws RedisFault {
        RedisLink.await(
                link.<Long>run(
                        scripts.learnRevision,
                        ScriptOutputType.INTEGER,
                        keys(shard),
                        Ascii.of(field),
                        Ascii.of(revision),
                        fences),
                deadline);
    }

    /** Keeps all shards from deciding by a revision; returns what takes the fences down. */
    byte[] fence(String field, Deadline deadline) throws RedisFault {
        byte[] token = Ascii.of(UUID.randomUUID().toString());
        try {
            fence(field, token, deadline);
            return token;
        } catch (RedisFault | RuntimeException e) {
            // They may be up all the same, and nothing is changed behind them.
            takeBack(field, token, deadline, e);
            throw e;
        }
    }

    private void fence(String field, byte[] token, Deadline deadline) throws RedisFault {
        long micros = Fences.GRACE.plusMillis(deadline.remainingMillis()).toNanos() / 1_000;
        byte[] lifetime = Ascii.of(micros);
        // The first shard decides who may: so that of two who change the same, one waits for the other.
        while (RedisLink.await(fenced(0, field, token, lifetime, true), deadline) == 0) {
            Fences.pauseOrGiveUp(deadline);
        }
        List<CompletionStage<Long>> others = new ArrayList<>();
        for (int shard = 1; shard < shards.count(); shard++) {
            others.add(fenced(shard, field, token, lifetime, false));
        }
        for (CompletionStage<Long> other : others) {
            RedisLink.await(other, deadline);
        }
    }

    private void takeBack(String field, byte[] token, Deadline deadline, Exception reason) {
        try {
            free(field, token, deadline);
        } catch (RedisFault e) {
            reason.addSuppressed(e);
        }
    }

    private CompletionStage<Long> fenced(int shard, String field, byte[] token, byte[] lifetime, boolean first) {
        return link.run(
                scripts.fenceRevision,
                ScriptOutputType.INTEGER,
                keys(shard),
                Ascii.of(field),
                token,
                lifetime,
                Ascii.of(first));
    }

    /**
     * Takes the fences down, the first shard's last, and tries again while there is time: whoever depends on the revision waits
     * for it. Those that cannot be taken down fall by themselves.
     */
    void free(String field, byte[] token, Deadline deadline) throws RedisFault {
        for (long pauseNanos = FIRST_PAUSE_NANOS; ; pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS)) {
            try {
                tryToFree(field, token, deadline);
                return;
            } catch (RedisFault e) {
                if (deadline.hasPassed() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(pauseNanos);
            }
        }
    }

    private void tryToFree(String field, byte[] token, Deadline deadline) throws RedisFault {
        List<CompletionStage<Long>> others = new ArrayList<>();
        for (int shard = shards.count() - 1; shard >= 0; shard--) {
            others.add(link.run(scripts.freeRevision, ScriptOutputType.INTEGER, keys(shard), Ascii.of(field), token));
        }
        for (CompletionStage<Long> other : others) {
            RedisLink.await(other, deadline);
        }
    }

    private String[] keys(int shard) {
        return new String[] {shards.shardKey(shard)};
    }
}
