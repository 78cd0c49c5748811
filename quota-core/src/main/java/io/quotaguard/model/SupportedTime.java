package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.Instant;

/** The range of instants that every store can keep and in which no boundary arithmetic can overflow. */
public final class SupportedTime {

    static final int FIRST_YEAR = 1;
    static final int LAST_YEAR = 9999;

    private static final long FIRST_EPOCH_SECOND =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_EPOCH_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private SupportedTime() {}

    /**
     * Returns {@code instant} when every store can keep it.
     *
     * @throws InvalidQuotaArgumentException when it is missing, or outside the years 1 to 9999
     */
    public static Instant require(Instant instant) {
        long epochSecond = required("instant", instant).getEpochSecond();
        if (epochSecond < FIRST_EPOCH_SECOND || epochSecond > LAST_EPOCH_SECOND) {
            throw new InvalidQuotaArgumentException("instant must lie in the years 1 to 9999", instant);
        }
        return instant;
    }
}
