package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a subscription runs, and what comes after it. Immutable.
 *
 * <p>No job ends or renews anything: whether a subscription has ended is derived from the instant (R18). From its end on
 * the subject has the fallback plan, or the default plan when none is named; usage and windows stay as they are (R21).
 *
 * @param kind how it runs
 * @param cycle how long one term is; only for {@link Kind#RENEWING}, and for a {@link Kind#FIXED} one that was bought by
 *     the cycle
 * @param endsAt its end, for {@link Kind#TRIAL} and {@link Kind#FIXED}; for the others null
 * @param cancelledFrom from when on it is cancelled, or null
 * @param fallback the plan from its end on, or null for the default plan
 */
public record Term(
        Kind kind,
        @Nullable BillingCycle cycle,
        @Nullable Instant endsAt,
        @Nullable Instant cancelledFrom,
        @Nullable String fallback) {
    /** Until it is cancelled; then the default plan. */
    public static final Term OPEN = new Term(Kind.OPEN, null, null, null, null);

    /** How a subscription runs. */
    public enum Kind {
        /** Until it is cancelled. */
        OPEN,
        /** For a try, until an instant. */
        TRIAL,
        /** Until an instant. */
        FIXED,
        /** From cycle to cycle until it is cancelled. */
        RENEWING
    }

    public Term {
        required("kind of term", kind);
        boolean ends = kind == Kind.TRIAL || kind == Kind.FIXED;
        if (ends && endsAt == null && (cycle == null || kind == Kind.TRIAL)) {
            throw InvalidQuotaArgumentException.of("R4", "term", kind, "needs an end");
        } else if (!ends && endsAt != null) {
            throw InvalidQuotaArgumentException.of("R4", "term", kind, "has no end but by its cancellation");
        }
        if (kind == Kind.RENEWING) {
            required("billing cycle of a renewing term", cycle);
        }
        endsAt = endsAt == null ? null : SupportedTime.require(endsAt).truncatedTo(ChronoUnit.MICROS);
        cancelledFrom = cancelledFrom == null
                ? null
                : SupportedTime.require(cancelledFrom).truncatedTo(ChronoUnit.MICROS);
        if (fallback != null) {
            Names.require("fallback plan", fallback);
        }
    }

    /** A try until {@code endsAt}. */
    public static Term trialUntil(Instant endsAt) {
        return new Term(Kind.TRIAL, null, required("end of the trial", endsAt), null, null);
    }

    /** Until {@code endsAt}. */
    public static Term until(Instant endsAt) {
        return new Term(Kind.FIXED, null, required("end of the term", endsAt), null, null);
    }

    /** One cycle from the purchase on, then the fallback unless it is renewed. */
    public static Term once(BillingCycle cycle) {
        return new Term(Kind.FIXED, required("billing cycle", cycle), null, null, null);
    }

    /** Cycle after cycle until it is cancelled. */
    public static Term renewing(BillingCycle cycle) {
        return new Term(Kind.RENEWING, cycle, null, null, null);
    }

    /** Names the plan from the end on; null for the default plan. */
    public Term thenPlan(@Nullable String fallback) {
        return new Term(kind, cycle, endsAt, cancelledFrom, fallback);
    }

    /** Returns this term with its end at {@code endsAt}. */
    public Term endingAt(Instant endsAt) {
        return new Term(kind, cycle, endsAt, cancelledFrom, fallback);
    }

    /** Returns this term cancelled from an instant on, or with its cancellation taken back when that is null. */
    public Term cancelled(@Nullable Instant from) {
        return new Term(kind, cycle, endsAt, from, fallback);
    }

    /** Returns the first instant at which the subscription no longer gives its plan; null when none is known. */
    public @Nullable Instant end() {
        if (endsAt == null || (cancelledFrom != null && cancelledFrom.isBefore(endsAt))) {
            return cancelledFrom;
        }
        return endsAt;
    }

    /** Tells whether the subscription has ended by {@code now}. */
    public boolean endedBy(Instant now) {
        Instant end = end();
        return end != null && !now.isBefore(end);
    }

    /**
     * Returns when the cycle that {@code now} falls in ends, for a term that is bought by the cycle.
     *
     * @param start when the subscription started
     * @param zone in which cycles are counted
     */
    public Optional<Instant> cycleEnd(Instant start, ZoneId zone, Instant now) {
        return Optional.ofNullable(cycle).map(each -> each.endOf(each.endedBy(now, start, zone) + 1, start, zone));
    }
}
