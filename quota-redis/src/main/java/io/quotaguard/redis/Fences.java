package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps everybody off subjects for as long as the store behind this one is asked about them, or changes them. Thread-safe.
 *
 * <p>A fence falls by itself some time after the deadline of whoever put it up: longer than the store behind can still be at
 * work for it. What was loaded of the subject is forgotten when its fence goes up, so that it never matters how one ends.
 */
final class Fences {
    /** How long the store behind this one may be at work after the deadline. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Fences.class);
    private static final Pattern GAP = Pattern.compile("(\\d+)-(\\d+)");
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final RedisLink link;
    private final Scripts scripts;
    private final Shards shards;
    private final Epochs epochs;
    private final EndedFences ended = new EndedFences();

    Fences(RedisLink link, Scripts scripts, Shards shards, Epochs epochs) {
        this.link = link;
        this.scripts = scripts;
        this.shards = shards;
        this.epochs = epochs;
    }

    /**
     * A fence around one subject.
     *
     * @param epoch the shard's epoch when it went up
     * @param unknown of which spans the shard may not know every key
     */
    record Fence(String subject, int shard, String token, String epoch, List<Span> unknown) {
        Fence {
            unknown = List.copyOf(unknown);
        }
    }

    /** A span of time on Redis' clock, without its end. */
    record Span(Instant from, Instant to) {
        /** Reads when the shard began, before which it knows nothing, and the gaps since then. */
        static List<Span> read(Object begun, Object gaps) {
            List<Span> spans = new ArrayList<>();
            spans.add(new Span(Instant.EPOCH, Micros.instant(Ascii.number(begun))));
            Matcher gap = GAP.matcher(Ascii.text(gaps));
            while (gap.find()) {
                spans.add(new Span(micros(gap.group(1)), micros(gap.group(2))));
            }
            return spans;
        }

        private static Instant micros(String number) {
            return Micros.instant(Long.parseLong(number));
        }
    }

    /** Puts a fence up, or returns null when somebody else has one up. */
    @Nullable
    Fence tryFence(String subject, Deadline deadline) throws RedisFault {
        int shard = shards.of(subject);
        String token = UUID.randomUUID().toString();
        while (true) {
            List<Object> answer = asked(shard, subject, token, deadline);
            switch (Ascii.text(answer.get(0))) {
                case "FENCED" -> {
                    return new Fence(
                            subject, shard, token, Ascii.text(answer.get(2)), Span.read(answer.get(3), answer.get(4)));
                }
                case "SHARD" -> epochs.begin(shard, deadline);
                default -> {
                    return null;
                }
            }
        }
    }

    /** A fence whose answer comes too late is taken down again, so that nobody waits for it. */
    private List<Object> asked(int shard, String subject, String token, Deadline deadline) throws RedisFault {
        byte[] lifetime = lifetime(deadline);
        try {
            return RedisLink.await(
                    link.<List<Object>>run(
                            scripts.fenceSubject,
                            ScriptOutputType.MULTI,
                            keys(shard, subject),
                            Ascii.of(token),
                            lifetime),
                    deadline);
        } catch (RedisFault e) {
            free(new Fence(subject, shard, token, "", List.of()));
            throw e;
        }
    }

    /**
     * Puts fences up around all the subjects, in their order, waiting for others to take theirs down.
     *
     * @param subjects sorted, so that two that want the same ones do not wait for each other
     * @throws QuotaUnavailableException when it cannot be done before the deadline
     */
    List<Fence> fence(Iterable<String> subjects, Deadline deadline) throws RedisFault {
        List<Fence> fences = new ArrayList<>();
        try {
            for (String subject : subjects) {
                Fence fence = tryFence(subject, deadline);
                while (fence == null) {
                    pauseOrGiveUp(deadline);
                    fence = tryFence(subject, deadline);
                }
                fences.add(fence);
            }
            return fences;
        } catch (RedisFault | RuntimeException e) {
            fences.forEach(this::free);
            throw e;
        }
    }

    /** Waits a moment, at random lest the same callers meet again, and not beyond the deadline. */
    static void pause(Deadline deadline) {
        long nanos = ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS / 8, LONGEST_PAUSE_NANOS);
        LockSupport.parkNanos(Math.min(nanos, Math.max(1, deadline.remaining().toNanos())));
    }

    /** Waits a moment, or says that the time is up. */
    static void pauseOrGiveUp(Deadline deadline) {
        if (deadline.hasPassed()) {
            throw new QuotaUnavailableException(
                    "what is asked for was being changed until the time was up; nothing was recorded (R45)",
                    null,
                    null,
                    RedisQuotaStore.NAME);
        }
        pause(deadline);
    }

    /** Takes a fence down without waiting for it; one that cannot be taken down falls by itself. */
    void free(Fence fence) {
        ended(fence);
        free(fence, true);
    }

    /** Notes that a fence has been taken down. */
    void ended(Fence fence) {
        ended.add(fence);
    }

    /** Takes down what a server has brought back when it went on with another history of writes than before. */
    void seen(int shard, String lineage) {
        ended.upAgain(shard, lineage).forEach(fence -> free(fence, false));
    }

    /** @param changed whether to forget what others have loaded since the fence was lost */
    private void free(Fence fence, boolean changed) {
        String[] keys = keys(fence.shard(), fence.subject());
        link.<Long>run(
                        scripts.freeSubject,
                        ScriptOutputType.INTEGER,
                        keys,
                        Ascii.of(fence.token()),
                        Ascii.of(changed))
                .whenComplete((freed, thrown) -> {
                    if (thrown != null) {
                        LOG.debug("a fence could not be taken down, and falls by itself", thrown);
                    }
                });
    }

    String[] keys(int shard, String subject) {
        return new String[] {shards.shardKey(shard), shards.subjectKey(shard, subject)};
    }

    private static byte[] lifetime(Deadline deadline) {
        return Ascii.of(deadline.remainingMillis() + GRACE.toMillis());
    }
}
