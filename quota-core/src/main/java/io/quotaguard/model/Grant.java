package io.quotaguard.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Units on top of a plan's allowance: a top-up that was bought, or given (R38, R39). Immutable; each method returns a
 * changed copy.
 *
 * <p>It is used when the plan's allowance of a window is used up, and what is left of it outlives every reset.
 *
 * @param id the number that the store gave it; 0 before
 * @param subject whose
 * @param feature of what
 * @param amount units, at least 1
 * @param priority grants with a lower number are used first
 * @param effectiveAt the first instant at which it can be used, or null for at once
 * @param expiresAt the first instant at which it can no longer be used, or null for never
 * @param source where it comes from
 */
public record Grant(
        long id,
        String subject,
        String feature,
        long amount,
        int priority,
        @Nullable Instant effectiveAt,
        @Nullable Instant expiresAt,
        Source source) {
    public Grant {
        Names.requireSubject(subject);
        Names.requireFeature(feature);
        Units.requireAmount(amount);
        InvalidQuotaArgumentException.required("source of the grant", source);
        effectiveAt =
                effectiveAt == null ? null : SupportedTime.require(effectiveAt).truncatedTo(ChronoUnit.MICROS);
        expiresAt = expiresAt == null ? null : SupportedTime.require(expiresAt).truncatedTo(ChronoUnit.MICROS);
        if (effectiveAt != null && expiresAt != null && !effectiveAt.isBefore(expiresAt)) {
            throw InvalidQuotaArgumentException.of(
                    "R39", "expiry of the grant", expiresAt, "does not lie after its beginning, " + effectiveAt);
        }
    }

    /** Where a grant comes from. */
    public enum Source {
        PURCHASE,
        PROMOTION,
        COMPENSATION
    }

    /** Returns a purchase of {@code amount} units, to be used from now on and without an end. */
    public static Grant of(String subject, String feature, long amount) {
        return new Grant(0, subject, feature, amount, 0, null, null, Source.PURCHASE);
    }

    public Grant priority(int priority) {
        return new Grant(id, subject, feature, amount, priority, effectiveAt, expiresAt, source);
    }

    public Grant from(Instant effectiveAt) {
        return new Grant(id, subject, feature, amount, priority, effectiveAt, expiresAt, source);
    }

    public Grant until(Instant expiresAt) {
        return new Grant(id, subject, feature, amount, priority, effectiveAt, expiresAt, source);
    }

    public Grant source(Source source) {
        return new Grant(id, subject, feature, amount, priority, effectiveAt, expiresAt, source);
    }

    /** Returns this grant under the number that a store gave it. */
    public Grant withId(long id) {
        return new Grant(id, subject, feature, amount, priority, effectiveAt, expiresAt, source);
    }

    /** Tells whether it can be used at {@code instant}, as far as time alone decides (R39). */
    public boolean holdsAt(Instant instant) {
        return (effectiveAt == null || !instant.isBefore(effectiveAt))
                && (expiresAt == null || instant.isBefore(expiresAt));
    }
}
