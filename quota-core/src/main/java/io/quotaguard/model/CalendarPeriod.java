package io.quotaguard.model;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A period counted in days, weeks, months or years of the anchor's local calendar (R15, R16). */
enum CalendarPeriod implements ResetPeriod {
    DAILY(ChronoUnit.DAYS),
    WEEKLY(ChronoUnit.WEEKS),
    MONTHLY(ChronoUnit.MONTHS),
    YEARLY(ChronoUnit.YEARS);

    private final ChronoUnit unit;
    private final String code;
    /** Whether windows differ in length even where no clock ever changes; days and weeks there need no calendar. */
    private final boolean lengthVaries;

    CalendarPeriod(ChronoUnit unit) {
        this.unit = unit;
        this.code = name().toLowerCase(Locale.ROOT);
        this.lengthVaries = unit.compareTo(ChronoUnit.WEEKS) > 0;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public Window windowAt(Instant instant, Anchor anchor) {
        SupportedTime.require(instant);
        ZoneOffset offset = lengthVaries ? null : anchor.fixedOffset();
        return offset == null
                ? searchedWindowAt(instant, anchor)
                : ElapsedPeriod.windowAt(
                        instant,
                        anchor.origin().toInstant(offset),
                        unit.getDuration().toSeconds());
    }

    /**
     * The window between the last boundary not after the instant and the one that follows it.
     *
     * <p>The local clock gives an estimate that is off by a step or two at most: counting whole units rounds towards the
     * anchor and does not clamp, and a clock set back repeats local times of the window before. Boundaries that fall
     * together, as around a skipped day, are passed over, so no window is empty.
     */
    private Window searchedWindowAt(Instant instant, Anchor anchor) {
        long n = unit.between(anchor.origin(), anchor.localAt(instant));
        Instant start = boundary(n, anchor);
        while (start.isAfter(instant)) {
            n--;
            start = boundary(n, anchor);
        }
        Instant end = boundary(n + 1, anchor);
        while (!end.isAfter(instant)) {
            n++;
            start = end;
            end = boundary(n + 1, anchor);
        }
        return new Window(start, end);
    }

    /** Boundary n, always counted from the anchor so that a clamped month end does not stick (R15). */
    private Instant boundary(long n, Anchor anchor) {
        LocalDateTime local = anchor.origin().plus(n, unit);
        return anchor.instantOf(local);
    }

    @Override
    public String toString() {
        return code();
    }
}
