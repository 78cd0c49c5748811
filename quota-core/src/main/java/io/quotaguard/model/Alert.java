package io.quotaguard.model;

import java.time.Instant;

/**
 * The event that a subject's usage reached a percentage of its limit. Immutable; its payload is frozen when it fires.
 *
 * <p>Identity is subject, feature, window, threshold and generation (R28): however many calls race across the threshold,
 * there is one such event. Listeners may see it more than once and can tell by {@link #id()}.
 *
 * @param id stable, and growing in the order of firing within one counter
 * @param subject whose usage it is
 * @param feature of what
 * @param window the window that was charged
 * @param threshold the percentage reached
 * @param generation how often the counter's alerts were re-armed before (R29)
 * @param used units used when it fired
 * @param limit the limit of which the threshold is a percentage: the one in force at the decision
 * @param firedAt when, on the store's clock
 * @param sent whether it was delivered, or marked so by the host
 * @param read whether a person has seen it, as the host says; it says nothing about delivery
 * @param parked whether delivery was given up after too many failures, until the host asks for it again
 */
public record Alert(
        long id,
        String subject,
        String feature,
        Window window,
        int threshold,
        long generation,
        long used,
        Limit limit,
        Instant firedAt,
        boolean sent,
        boolean read,
        boolean parked) {

    public AlertLevel level() {
        return AlertLevel.of(threshold);
    }

    /** Returns the same alert, sent or not; what is sent is not parked. */
    public Alert withSent(boolean sent) {
        return with(sent, read, parked && !sent);
    }

    /** Returns the same alert, read or not. */
    public Alert withRead(boolean read) {
        return with(sent, read, parked);
    }

    /** Returns the same alert, parked or not. */
    public Alert withParked(boolean parked) {
        return with(sent, read, parked);
    }

    private Alert with(boolean sent, boolean read, boolean parked) {
        return new Alert(id, subject, feature, window, threshold, generation, used, limit, firedAt, sent, read, parked);
    }
}
