package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.redis.Fences.Fence;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Loads subjects: what the store behind this one has of them, once all that was decided here is posted. Thread-safe. */
final class Subjects {
    /** A counter that only the store behind this one can decide about: units of it are held, or came from grants. */
    private static final String LEFT_TO_THE_LEDGER = "held or granted";

    /** How long a subject stays loaded: so that counters of windows that have ended do not pile up. */
    private static final Duration LOADED_FOR = Duration.ofHours(24);

    private final RedisLink link;
    private final Scripts scripts;
    private final Fences fences;
    private final Drain drain;
    private final BackingStore behind;

    Subjects(RedisLink link, Scripts scripts, Fences fences, Drain drain, BackingStore behind) {
        this.link = link;
        this.scripts = scripts;
        this.fences = fences;
        this.drain = drain;
        this.behind = behind;
    }

    /** Loads a subject, or waits a moment when somebody else is at it. */
    void load(String subject, Deadline deadline) throws RedisFault {
        Fence fence = fences.tryFence(subject, deadline);
        if (fence == null) {
            Fences.pause(deadline);
            return;
        }
        try {
            drain.settle(fence.shard(), deadline);
            SubjectUsage usage = behind.catalog().usage(subject, deadline);
            Set<String> granted = grantedFeatures(subject, deadline);
            boolean history =
                    fence.unknown().stream().anyMatch(span -> wasUsed(subject, span.from(), span.to(), deadline));
            RedisLink.await(
                    link.<Long>run(
                            scripts.loadSubject,
                            ScriptOutputType.INTEGER,
                            fences.keys(fence.shard(), subject),
                            arguments(fence, usage, granted, history)),
                    deadline);
            fences.ended(fence);
        } catch (RedisFault | RuntimeException e) {
            fences.free(fence);
            throw e;
        }
    }

    /** Tells whether keys of the subject's uses in a span may be known to the store behind this one alone. */
    private boolean wasUsed(String subject, Instant from, Instant to, Deadline deadline) {
        UsageQuery query = UsageQuery.of(subject).between(from, to).pageSize(1);
        return !behind.ledger().records(query, deadline).isEmpty();
    }

    /** Returns the features of which grants were used: these add to the limit for as long as the window lasts (R38). */
    private Set<String> grantedFeatures(String subject, Deadline deadline) {
        return behind.catalog().grants(subject, null, deadline).stream()
                .filter(balance -> balance.left() < balance.grant().amount())
                .map(balance -> balance.grant().feature())
                .collect(Collectors.toSet());
    }

    private static byte[][] arguments(Fence fence, SubjectUsage usage, Set<String> granted, boolean history) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(Ascii.of(fence.token()));
        arguments.add(Ascii.of(fence.epoch()));
        arguments.add(Ascii.of(LOADED_FOR.toMillis()));
        arguments.add(Ascii.of("r"));
        arguments.add(Ascii.of(usage.catalog().revision()));
        arguments.add(Ascii.of("h"));
        arguments.add(Ascii.of(history));
        for (SubjectUsage.OpenCounter open : usage.counters()) {
            arguments.add(Ascii.of(PlainUse.counter(open.feature(), open.window())));
            arguments.add(
                    open.counter().held() > 0 || granted.contains(open.feature())
                            ? Ascii.of(LEFT_TO_THE_LEDGER)
                            : Ascii.of(open.counter().used()));
        }
        return arguments.toArray(byte[][]::new);
    }
}
