package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.redis.Fences.Attempt;
import io.quotaguard.redis.Fences.Fence;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Loads subjects: what the store behind this one has of them, once all that was decided here is posted. One thread of this
 * JVM loads a subject for all that want it. Thread-safe.
 */
final class Subjects {
    /** A counter that only the store behind this one can decide about: units of it are held, or came from grants. */
    private static final String LEFT_TO_THE_LEDGER = "held or granted";

    /** How long a subject stays loaded: so that counters of windows that have ended do not pile up. */
    private static final Duration LOADED_FOR = Duration.ofHours(24);

    /** More than the clock of the store behind, as this node has learned it, can be behind what it really is there. */
    private static final Duration CLOCK_ERROR = Duration.ofSeconds(1);

    /** So long others are waited for before the subjects of the same list that are loaded have their turn again. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final RedisLink link;
    private final Scripts scripts;
    private final Fences fences;
    private final Drain drain;
    private final BackingStore behind;
    private final ConcurrentMap<PlainUse.HeldUp, CompletableFuture<Boolean>> loading = new ConcurrentHashMap<>();

    Subjects(RedisLink link, Scripts scripts, Fences fences, Drain drain, BackingStore behind) {
        this.link = link;
        this.scripts = scripts;
        this.fences = fences;
        this.drain = drain;
        this.behind = behind;
    }

    /** Has a subject loaded, or waits a moment when somebody keeps everybody off it. */
    void load(PlainUse.HeldUp wanted, Deadline deadline) throws RedisFault {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> other = loading.putIfAbsent(wanted, mine);
        if (other != null) {
            // Whatever comes of it: who finds the subject not loaded is the next to load it.
            RedisLink.await(other, deadline, deadline.remaining());
            return;
        }
        try {
            loadForAll(wanted, deadline);
        } finally {
            loading.remove(wanted, mine);
            mine.complete(true);
        }
    }

    private void loadForAll(PlainUse.HeldUp wanted, Deadline deadline) throws RedisFault {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Attempt attempt = fences.tryToLoad(wanted.subject(), wanted.outdated(), deadline);
        while (attempt.result() == Fences.Result.WAIT && System.nanoTime() - end < 0) {
            Fences.pauseOrGiveUp(deadline);
            attempt = fences.tryToLoad(wanted.subject(), wanted.outdated(), deadline);
        }
        if (attempt.fence() != null) {
            load(attempt.fence(), deadline);
        }
    }

    private void load(Fence fence, Deadline deadline) throws RedisFault {
        String subject = fence.subject();
        try {
            drain.settle(fence.shard(), deadline);
            SubjectUsage usage = behind.catalog().usage(subject, deadline);
            Instant readBy = behind.clock().instant().plus(CLOCK_ERROR);
            Set<String> granted = grantedFeatures(subject, deadline);
            boolean history = history(fence, deadline);
            RedisLink.await(
                    link.<Long>run(
                            scripts.loadSubject,
                            ScriptOutputType.INTEGER,
                            fences.keys(fence.shard(), subject),
                            arguments(fence, usage, readBy, granted, history)),
                    deadline);
            fences.ended(fence);
        } catch (RedisFault | RuntimeException e) {
            fences.restore(fence);
            throw e;
        }
    }

    /** Tells whether keys of the subject's uses may be known to the store behind this one alone. */
    private boolean history(Fence fence, Deadline deadline) {
        Boolean known = fence.at().history();
        return known != null
                ? known
                : fence.at().unknown().stream().anyMatch(span -> wasUsed(fence.subject(), span, deadline));
    }

    private boolean wasUsed(String subject, Fences.Span span, Deadline deadline) {
        UsageQuery query =
                UsageQuery.of(subject).between(span.from(), span.to()).pageSize(1);
        return !behind.ledger().records(query, deadline).isEmpty();
    }

    /** Returns the features of which grants were used: these add to the limit for as long as the window lasts (R38). */
    private Set<String> grantedFeatures(String subject, Deadline deadline) {
        return behind.catalog().grants(subject, null, deadline).stream()
                .filter(balance -> balance.left() < balance.grant().amount())
                .map(balance -> balance.grant().feature())
                .collect(Collectors.toSet());
    }

    private static byte[][] arguments(
            Fence fence, SubjectUsage usage, Instant readBy, Set<String> granted, boolean history) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(Ascii.of(fence.token()));
        arguments.add(Ascii.of(fence.at().epoch()));
        arguments.add(Ascii.of(loadedFor(fence.at()).toMillis()));
        arguments.add(Ascii.of(fence.at().fences()));
        // What was read together with the subject need not be asked for by its uses.
        List<byte[]> revisions = Revisions.of(usage.catalog());
        arguments.add(Ascii.of(revisions.size()));
        arguments.addAll(revisions);
        arguments.add(Ascii.of("r"));
        arguments.add(Ascii.of(usage.catalog().revision()));
        arguments.add(Ascii.of("h"));
        arguments.add(Ascii.of(history));
        arguments.add(Ascii.of("l"));
        arguments.add(Ascii.of(Micros.of(readBy)));
        for (SubjectUsage.OpenCounter open : usage.counters()) {
            arguments.add(Ascii.of(PlainUse.counter(open.feature(), open.window())));
            arguments.add(
                    open.counter().held() > 0 || granted.contains(open.feature())
                            ? Ascii.of(LEFT_TO_THE_LEDGER)
                            : Ascii.of(open.counter().used()));
        }
        return arguments.toArray(byte[][]::new);
    }

    /**
     * When the shard was begun just now, because Redis lost its state, uses may still be on their way into the ledger from
     * before. Who posts them has everything loaded anew; this is for when he dies before.
     */
    private static Duration loadedFor(Fences.Shard at) {
        Instant begun = at.unknown().get(at.unknown().size() - 1).to();
        Duration begunFor = Duration.between(begun, Micros.instant(at.now()));
        Duration left = Drain.ON_THE_WAY.minus(begunFor);
        return left.isNegative() ? LOADED_FOR : left.plusMillis(1);
    }
}
