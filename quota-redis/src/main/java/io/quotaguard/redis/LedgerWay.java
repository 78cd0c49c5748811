package io.quotaguard.redis;

import io.lettuce.core.SetArgs;
import io.quotaguard.redis.Fences.Fence;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/**
 * Has the store behind this one carry out what no script does: once everything decided here is posted, and with nobody
 * deciding anything about the same subjects meanwhile. When it changed something they are loaded anew by whoever asks next.
 * Thread-safe.
 */
final class LedgerWay {
    private static final byte[] KNOWN_THERE = Ascii.of("L");

    private final RedisLink link;
    private final Shards shards;
    private final Fences fences;
    private final Turns turns;
    private final Drain drain;
    private final BackingStore behind;
    private final Duration keep;

    LedgerWay(
            RedisLink link,
            Shards shards,
            Fences fences,
            Turns turns,
            Drain drain,
            BackingStore behind,
            Duration keep) {
        this.link = link;
        this.shards = shards;
        this.fences = fences;
        this.turns = turns;
        this.drain = drain;
        this.behind = behind;
        this.keep = keep;
    }

    Outcome execute(Command command, Deadline deadline) throws RedisFault {
        SortedSet<String> subjects = new TreeSet<>();
        command.lines().forEach(line -> subjects.add(line.subject()));
        if (command.operation() == Operation.CHECK) {
            settle(subjects, deadline);
            return behind.execute(List.of(command), deadline).get(0);
        }
        while (true) {
            Turns.Turn turn = turns.take(subjects, deadline);
            try {
                List<Fence> up = fences.fence(subjects, Fences.For.USE, deadline);
                if (up != null) {
                    return alone(command, subjects, up, deadline);
                }
            } finally {
                turn.close();
            }
            Fences.pauseOrGiveUp(deadline);
        }
    }

    private Outcome alone(Command command, SortedSet<String> subjects, List<Fence> up, Deadline deadline)
            throws RedisFault {
        try {
            List<CompletionStage<String>> marks = mark(command);
            settle(subjects, deadline);
            for (CompletionStage<String> mark : marks) {
                RedisLink.await(mark, deadline);
            }
        } catch (RedisFault | RuntimeException e) {
            up.forEach(fences::restore);
            throw e;
        }
        Outcome outcome = behind.execute(List.of(command), deadline).get(0);
        if (outcome instanceof Outcome.Accepted accepted && !accepted.replayed()) {
            up.forEach(fences::free);
        } else if (!(outcome instanceof Outcome.Unknown)) {
            up.forEach(fence -> restore(fence, outcome));
        }
        // What is still at work there must not be overtaken: then the fences stay until they fall.
        return outcome;
    }

    private void restore(Fence fence, Outcome outcome) {
        if (outcome instanceof Outcome.Stale stale && fence.subject().equals(stale.subject())) {
            fences.restoreForReturn(fence);
        } else {
            fences.restore(fence);
        }
    }

    /** From now on the store behind this one is asked what the command's key stands for, whatever becomes of the command. */
    private List<CompletionStage<String>> mark(Command command) {
        List<CompletionStage<String>> marks = new ArrayList<>();
        for (Line line : command.lines()) {
            if (line.origin() == null && !command.operation().settles()) {
                String key = shards.useKey(shards.of(line.subject()), command.identity(line));
                marks.add(link.ask(on -> on.set(key, KNOWN_THERE, kept(command))));
            }
        }
        return marks;
    }

    private void settle(SortedSet<String> subjects, Deadline deadline) throws RedisFault {
        for (int shard : subjects.stream().mapToInt(shards::of).distinct().toArray()) {
            drain.settle(shard, deadline);
        }
    }

    private SetArgs kept(Command command) {
        Instant last = PlainUse.lastEnd(command);
        SetArgs unlessKnown = SetArgs.Builder.nx();
        if (last == null) {
            return unlessKnown;
        }
        Duration left = Duration.between(behind.clock().instant(), last.plus(keep));
        return unlessKnown.px(Math.max(1, left.toMillis()));
    }
}
