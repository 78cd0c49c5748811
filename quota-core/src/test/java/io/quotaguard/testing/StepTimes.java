package io.quotaguard.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The instants of a random sequence: just around the ends of windows, holds, grants and overrides. */
final class StepTimes {
    /** A whole sequence stays within what every store keeps (R10). */
    private static final Duration SPAN = Duration.ofDays(33);

    private static final Duration A_LITTLE = Duration.ofNanos(1000);

    private final Random random;
    private final Instant start;
    private final List<Instant> ends = new ArrayList<>();
    private Instant now;

    /** Sequences of one fixture have consecutive seeds, and begin one after the other. */
    StepTimes(Random random, long seed) {
        this.random = random;
        start = Instant.parse("2026-01-01T00:00:00Z")
                .plus(Duration.ofDays(Math.floorMod(seed, SequenceTranscript.PER_FIXTURE) * 400L))
                .plusSeconds(random.nextInt(60 * 60 * 24 * 60));
        now = start;
    }

    Instant start() {
        return start;
    }

    /** Returns an instant that no step comes to. */
    Instant end() {
        return start.plus(SPAN).plus(Duration.ofDays(2));
    }

    /** Takes note of what ends so long from now. */
    void remember(Duration ttl) {
        ends.add(now.plus(ttl));
    }

    /** Returns an instant near now, of which moves take note. */
    Instant soon() {
        Instant soon = now.plusSeconds(random.nextInt(3 * 60 * 60) - 60);
        ends.add(soon);
        return soon;
    }

    Instant move() {
        Instant to = next();
        if (to.isAfter(now) && to.isBefore(start.plus(SPAN))) {
            now = to;
        }
        return now;
    }

    private Instant next() {
        List<Instant> ahead = ends.stream().filter(end -> end.isAfter(now)).toList();
        if (!ahead.isEmpty() && random.nextInt(5) < 2) {
            Instant end = ahead.get(random.nextInt(ahead.size()));
            return random.nextInt(3) == 0 ? end.minus(A_LITTLE) : end;
        }
        return switch (random.nextInt(14)) {
            case 0 -> nextMidnight();
            case 1 -> nextMidnight().minus(A_LITTLE);
            case 2, 3 -> now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
            case 4 ->
                now.atZone(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.DAYS)
                        .withDayOfMonth(1)
                        .plusMonths(1)
                        .toInstant();
            case 5 -> nextMidnight().minus(Duration.ofHours(8));
            case 6 -> now.plusSeconds(random.nextInt(4 * 60 * 60));
            default -> now.plusSeconds(random.nextInt(30 * 60));
        };
    }

    private Instant nextMidnight() {
        return now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
    }
}
