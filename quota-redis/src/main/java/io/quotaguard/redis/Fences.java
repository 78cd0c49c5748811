package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
 * work for it. Nobody goes on with what was loaded of the subject unless its owner says that nothing changed, so that it never
 * matters how one ends.
 */
final class Fences {
    /** How long the store behind this one may be at work after the deadline. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Fences.class);
    private static final Pattern GAP = Pattern.compile("(\\d+)-(\\d+)");
    private static final byte[] CHANGED = Ascii.of(0);
    private static final byte[] UNCHANGED = Ascii.of(1);
    private static final byte[] UP_AGAIN = Ascii.of(2);
    private static final byte[] TOLD_OLD = Ascii.of(3);
    private static final int MOST_TRIES = 100;
    private static final java.util.concurrent.Executor LATER =
            CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);
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
     * @param at what the shard was like when it went up
     */
    record Fence(String subject, int shard, String token, Shard at) {}

    /**
     * A shard when a subject of it was fenced.
     *
     * @param epoch its epoch
     * @param unknown of which spans it may not know every key
     * @param now its time, in microseconds
     * @param fences how many fences of revisions had gone up and down
     * @param history whether keys of the subject may be known to the store behind alone, as it was loaded with; null when it
     *     was not loaded
     */
    record Shard(
            String epoch,
            List<Span> unknown,
            long now,
            String fences,
            @Nullable Boolean history) {
        static final Shard UNKNOWN = new Shard("", List.of(), 0, "", null);

        Shard {
            unknown = List.copyOf(unknown);
        }

        static Shard read(List<Object> answer) {
            String history = Ascii.text(answer.get(5));
            return new Shard(
                    Ascii.text(answer.get(2)),
                    Span.read(answer.get(3), answer.get(6)),
                    Ascii.number(answer.get(1)),
                    Ascii.text(answer.get(4)),
                    history.isEmpty() ? null : history.equals("1"));
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

    /** What a fence is put up for, whatever is loaded of the subject. */
    enum For {
        /** A change of the subject, which gives way to all uses that an earlier change kept from being decided. */
        CHANGE("*"),
        /** A use that the store behind carries out, which gives way to those that scripts decide. */
        USE("+");

        private final String code;

        For(String code) {
            this.code = code;
        }
    }

    /** What became of an attempt to put a fence up. */
    enum Result {
        FENCED,
        /** Somebody else has one up. */
        WAIT,
        /** None is needed. */
        LOADED,
        /** Uses that were held up by the one before are to be decided first. */
        PASS
    }

    /**
     * An attempt to put a fence up.
     *
     * @param result what became of it
     * @param fence the fence when it is up
     */
    record Attempt(Result result, @Nullable Fence fence) {}

    /** Puts a fence up to load a subject, unless it is loaded with another revision than the outdated one. */
    Attempt tryToLoad(String subject, String outdated, Deadline deadline) throws RedisFault {
        return attempt(subject, outdated, deadline);
    }

    private Attempt attempt(String subject, String fencing, Deadline deadline) throws RedisFault {
        int shard = shards.of(subject);
        String token = UUID.randomUUID().toString();
        while (true) {
            List<Object> answer = asked(shard, subject, token, fencing, deadline);
            String result = Ascii.text(answer.get(0));
            if (result.equals("SHARD")) {
                epochs.begin(shard, deadline);
                continue;
            }
            Result known = Result.valueOf(result);
            return new Attempt(
                    known, known == Result.FENCED ? new Fence(subject, shard, token, Shard.read(answer)) : null);
        }
    }

    /** A fence whose answer comes too late is taken down again, so that nobody waits for it. */
    private List<Object> asked(int shard, String subject, String token, String fencing, Deadline deadline)
            throws RedisFault {
        byte[] lifetime = lifetime(deadline);
        try {
            return RedisLink.await(
                    link.<List<Object>>run(
                            scripts.fenceSubject,
                            ScriptOutputType.MULTI,
                            keys(shard, subject),
                            Ascii.of(token),
                            lifetime,
                            Ascii.of(fencing)),
                    deadline);
        } catch (RedisFault e) {
            restore(new Fence(subject, shard, token, Shard.UNKNOWN));
            throw e;
        }
    }

    /**
     * Puts fences up around all the subjects, in their order, waiting for others to take theirs down.
     *
     * @param subjects sorted, so that two that want the same ones do not wait for each other
     * @return null when uses of this JVM or another are to be decided first: to be tried again in another turn
     * @throws QuotaUnavailableException when it cannot be done before the deadline
     */
    @Nullable
    List<Fence> fence(Iterable<String> subjects, For what, Deadline deadline) throws RedisFault {
        List<Fence> fences = new ArrayList<>();
        try {
            for (String subject : subjects) {
                Attempt attempt = attempt(subject, what.code, deadline);
                while (attempt.result() == Result.WAIT) {
                    pauseOrGiveUp(deadline);
                    attempt = attempt(subject, what.code, deadline);
                }
                if (attempt.fence() == null) {
                    fences.forEach(this::restore);
                    return null;
                }
                fences.add(attempt.fence());
            }
            return fences;
        } catch (RedisFault | RuntimeException e) {
            fences.forEach(this::restore);
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

    /** Takes a fence down, and has the subject loaded anew by whoever asks next. */
    void free(Fence fence) {
        ended(fence);
        takeDown(fence, CHANGED);
    }

    /** Takes a fence down behind which nothing changed: what was loaded of the subject is what it was. */
    void restore(Fence fence) {
        ended(fence);
        takeDown(fence, UNCHANGED);
    }

    /** The same where a use was found to be by an old revision of the subject: the next change gives way until it is back. */
    void restoreForReturn(Fence fence) {
        ended(fence);
        takeDown(fence, TOLD_OLD);
    }

    /** Notes that a fence has been taken down. */
    void ended(Fence fence) {
        ended.add(fence);
    }

    /** Takes down what a server has brought back when it went on with another history of writes than before. */
    void seen(int shard, String lineage) {
        ended.upAgain(shard, lineage).forEach(fence -> takeDown(fence, UP_AGAIN));
    }

    /** Does not wait for it. It is tried again for a while, since everybody waits for the subject; then the fence falls by itself. */
    private void takeDown(Fence fence, byte[] how) {
        takeDown(fence, how, MOST_TRIES);
    }

    private void takeDown(Fence fence, byte[] how, int tries) {
        String[] keys = keys(fence.shard(), fence.subject());
        link.<Long>run(scripts.freeSubject, ScriptOutputType.INTEGER, keys, Ascii.of(fence.token()), how)
                .whenComplete((freed, thrown) -> {
                    if (thrown != null && tries > 1) {
                        LATER.execute(() -> takeDown(fence, how, tries - 1));
                    } else if (thrown != null) {
                        LOG.debug("a fence could not be taken down, and falls by itself", thrown);
                    }
                });
    }

    String[] keys(int shard, String subject) {
        return new String[] {shards.shardKey(shard), shards.subjectKey(shard, subject), shards.asideKey(shard, subject)
        };
    }

    private static byte[] lifetime(Deadline deadline) {
        return Ascii.of(deadline.remainingMillis() + GRACE.toMillis());
    }
}
