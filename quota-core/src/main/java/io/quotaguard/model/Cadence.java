package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a subject's windows are cut over time: the first anchor and every later change of zone or anchor (R17).
 *
 * <p>A change takes effect, for each period by itself, at the end of the window that was current when it was made. The
 * next window starts exactly there and ends at the new anchor's next boundary. So there is no gap and no overlap, and no
 * window that was current or closed at the time of the change ever moves. Of several changes inside one window the last
 * one decides. A permanent window never ends, so no change touches it.
 *
 * <p>Windows are a pure function of cadence, period and instant. Finding one takes a step per change. Immutable and safe
 * for use by many threads.
 *
 * @param first the anchor before any change
 * @param changes in the order in which they were made; their instants never decrease
 */
public record Cadence(Anchor first, List<Change> changes) {

    /** Calendar windows in UTC, never changed. */
    public static final Cadence DEFAULT = of(Anchor.DEFAULT);

    /**
     * A change of anchor made at an instant.
     *
     * <p>The instant is cut to the microsecond, since that is what stores keep. Boundaries are whole microseconds, so the
     * cut never moves a change into another window.
     *
     * @param at the store's time at which the change was made
     * @param anchor the anchor that counts from the end of the then current window
     */
    public record Change(Instant at, Anchor anchor) {

        /**
         * Checks the range and cuts the instant.
         *
         * @throws InvalidQuotaArgumentException when a part is missing or the instant is outside the years 1 to 9999
         */
        public Change {
            required("changed anchor", anchor);
            at = SupportedTime.require(at).truncatedTo(ChronoUnit.MICROS);
        }
    }

    /**
     * Checks the order of the changes.
     *
     * @throws InvalidQuotaArgumentException when a part is missing or a change was made before its predecessor
     */
    public Cadence {
        required("first anchor", first);
        changes = List.copyOf(required("changes", changes));
        for (int i = 1; i < changes.size(); i++) {
            if (changes.get(i).at().isBefore(changes.get(i - 1).at())) {
                throw new InvalidQuotaArgumentException(
                        "a change must not be older than the one before it, made at "
                                + changes.get(i - 1).at() + " (R17)",
                        changes.get(i).at());
            }
        }
    }

    /** A cadence that has never changed. */
    public static Cadence of(Anchor anchor) {
        return new Cadence(anchor, List.of());
    }

    /**
     * This cadence with one more change.
     *
     * <p>Pass the store's current time: windows that start later than {@code at} may move, and must not have been used yet.
     *
     * @param at not before the latest change; finer than a microsecond is dropped
     * @throws InvalidQuotaArgumentException when the instant is before the latest change
     */
    public Cadence changedTo(Anchor anchor, Instant at) {
        List<Change> longer = new ArrayList<>(changes);
        longer.add(new Change(at, anchor));
        return new Cadence(first, longer);
    }

    /** Returns the zone in which days are cut from the latest change on. */
    public ZoneId zone() {
        return (changes.isEmpty() ? first : changes.get(changes.size() - 1).anchor()).zone();
    }

    /**
     * The window of the period that the instant falls in.
     *
     * @throws InvalidQuotaArgumentException when the instant lies outside the years 1 to 9999
     */
    public Window windowAt(ResetPeriod period, Instant instant) {
        Anchor anchor = first;
        Instant since = null;
        for (Change change : changes) {
            // A change made before the pending one took effect replaces it: both wait for the same window's end.
            if (since == null || !change.at().isBefore(since)) {
                Instant end = period.windowAt(change.at(), anchor).end();
                if (end == null || instant.isBefore(end)) {
                    break;
                }
                since = end;
            }
            anchor = change.anchor();
        }
        return startingNoEarlier(period.windowAt(instant, anchor), since);
    }

    private static Window startingNoEarlier(Window window, @Nullable Instant since) {
        return since == null || !window.start().isBefore(since) ? window : new Window(since, window.end());
    }
}
