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

/**
 * The revisions of plans and of the default plan, of which every shard has a copy for the scripts to compare (R25).
 * Thread-safe.
 *
 * <p>A change keeps all shards from deciding by the old revision before it is made, so that none does afterwards; whoever
 * asks next reads the new one.
 */
final class Revisions {
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
        return token;
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

    /** Takes the fences down, the first shard's last; those that cannot be taken down fall by themselves. */
    void free(String field, byte[] token, Deadline deadline) throws RedisFault {
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
