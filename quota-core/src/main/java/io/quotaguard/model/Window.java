package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A half-open span of time {@code [start, end)} in which usage adds up to one counter (R14).
 *
 * <p>Usage at {@code end} belongs to the next window. Immutable and safe for use by many threads.
 *
 * @param start the first instant inside
 * @param end the first instant after, or null when the window never ends
 */
public record Window(Instant start, @Nullable Instant end) {

    /**
     * The one window of a period that never resets.
     *
     * <p>It starts at 1970 because stores need some start to key the counter by, and no store's clock shows less.
     */
    public static final Window PERMANENT = new Window(Instant.EPOCH, null);

    /**
     * Checks the order of the two ends.
     *
     * @throws InvalidQuotaArgumentException when the start is missing or the window would be empty
     */
    public Window {
        required("window start", start);
        if (end != null && !start.isBefore(end)) {
            throw new InvalidQuotaArgumentException("window must end after its start " + start + " (R14)", end);
        }
    }

    /** Whether the instant lies inside: the start does, the end does not. */
    public boolean contains(Instant instant) {
        return !instant.isBefore(start) && (end == null || instant.isBefore(end));
    }

    /** The instant at which a fresh counter begins; empty when the window never ends. */
    public Optional<Instant> resetsAt() {
        return Optional.ofNullable(end);
    }
}
