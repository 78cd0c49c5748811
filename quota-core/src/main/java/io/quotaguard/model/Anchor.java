package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The point from which windows are counted: a local date and time in a zone (R15, R16).
 *
 * <p>The origin says on which weekday, day of the month and time of day windows begin; it may lie in the past or in the
 * future. It is kept to the microsecond, since that is what stores keep. Immutable and safe for use by many threads.
 *
 * @param zone the zone whose calendar and clock count
 * @param origin a local date and time in the years 1 to 9999
 */
public record Anchor(ZoneId zone, LocalDateTime origin) {

    /** Midnight UTC of 2024-01-01: a Monday, the first of a month and the first of a year. */
    public static final Anchor DEFAULT = inZone(ZoneId.of("UTC"));

    /**
     * Checks the range and drops what is finer than a microsecond.
     *
     * @throws InvalidQuotaArgumentException when a part is missing or the origin lies outside the years 1 to 9999
     */
    public Anchor {
        required("anchor zone", zone);
        required("anchor origin", origin);
        if (origin.getYear() < SupportedTime.FIRST_YEAR || origin.getYear() > SupportedTime.LAST_YEAR) {
            throw new InvalidQuotaArgumentException("anchor origin must lie in the years 1 to 9999", origin);
        }
        origin = origin.truncatedTo(ChronoUnit.MICROS);
    }

    /** Local midnight of Monday 2024-01-01: days, weeks, months and years begin as the zone's calendar has them. */
    public static Anchor inZone(ZoneId zone) {
        return new Anchor(zone, LocalDateTime.of(2024, 1, 1, 0, 0));
    }

    /**
     * The same for a zone by its id, such as {@code "Asia/Shanghai"}.
     *
     * @throws InvalidQuotaArgumentException when there is no such zone
     */
    public static Anchor inZone(String zoneId) {
        try {
            return inZone(ZoneId.of(required("anchor zone", zoneId)));
        } catch (DateTimeException e) {
            throw new InvalidQuotaArgumentException(
                    "zone must be an id of the time zone database, such as Asia/Shanghai (R16)", zoneId, e);
        }
    }

    /** An anchor at a local date and time of the caller's choice, such as the moment of a subscription. */
    public static Anchor of(ZoneId zone, LocalDateTime origin) {
        return new Anchor(zone, origin);
    }

    /** The origin as an instant. */
    Instant instant() {
        return instantOf(origin);
    }

    /** The zone's only offset, or null when its clock ever changes. */
    @Nullable
    ZoneOffset fixedOffset() {
        if (zone instanceof ZoneOffset offset) {
            return offset;
        }
        ZoneRules rules = zone.getRules();
        return rules.isFixedOffset() ? rules.getOffset(Instant.EPOCH) : null;
    }

    /** What the zone's clock shows at the instant. */
    LocalDateTime localAt(Instant instant) {
        return LocalDateTime.ofEpochSecond(
                instant.getEpochSecond(), instant.getNano(), zone.getRules().getOffset(instant));
    }

    /**
     * The first instant at which the zone's clock shows the local time or a later one (R16).
     *
     * <p>Of a time that occurs twice this is the earlier instant; of a time that the clock skips it is the skip itself.
     * Because of that "or later" no two boundaries can change their order. Note that java.time would instead move a
     * skipped time forward by the length of the skip.
     */
    Instant instantOf(LocalDateTime local) {
        ZoneRules rules = zone.getRules();
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        return offsets.isEmpty() ? rules.getTransition(local).getInstant() : local.toInstant(offsets.get(0));
    }
}
