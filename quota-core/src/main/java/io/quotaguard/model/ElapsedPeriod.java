package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.Duration;
import java.time.Instant;

/** A period of fixed elapsed length, counted from the anchor's instant and blind to daylight saving (R15). */
record ElapsedPeriod(Duration length) implements ResetPeriod {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3660);
    private static final Duration HOUR = Duration.ofHours(1);

    ElapsedPeriod {
        required("period length", length);
        if (length.toNanosPart() != 0 || length.compareTo(SHORTEST) < 0 || length.compareTo(LONGEST) > 0) {
            throw new InvalidQuotaArgumentException(
                    "period length must be whole seconds, from 1 second to 3660 days", length);
        }
    }

    @Override
    public String code() {
        return length.equals(HOUR) ? "hourly" : length.toString();
    }

    @Override
    public Window windowAt(Instant instant, Anchor anchor) {
        return windowAt(SupportedTime.require(instant), anchor.instant(), length.toSeconds());
    }

    /** The window of a fixed number of seconds, found by division alone: this is the hot path of daily quotas in UTC. */
    static Window windowAt(Instant instant, Instant origin, long lengthSeconds) {
        long elapsedSeconds = instant.getEpochSecond() - origin.getEpochSecond();
        if (instant.getNano() < origin.getNano()) {
            elapsedSeconds--;
        }
        Instant start = origin.plusSeconds(Math.floorDiv(elapsedSeconds, lengthSeconds) * lengthSeconds);
        return new Window(start, start.plusSeconds(lengthSeconds));
    }

    @Override
    public String toString() {
        return code();
    }
}
