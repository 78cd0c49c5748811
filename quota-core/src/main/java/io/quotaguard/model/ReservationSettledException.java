package io.quotaguard.model;

/**
 * A reservation already ended in another way than the one asked for (R35); nothing was changed. Repeating the way in which
 * it did end is no error.
 */
public final class ReservationSettledException extends QuotaException {
    private static final long serialVersionUID = 1L;

    private final ReservationState state;

    public ReservationSettledException(String message, ReservationState state, String key, String store) {
        super(message, null, key, store);
        this.state = state;
    }

    /** Returns how it ended. */
    public ReservationState state() {
        return state;
    }
}
