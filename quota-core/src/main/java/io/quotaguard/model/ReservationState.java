package io.quotaguard.model;

/** What became of a reservation; each but {@link #HELD} is for good (R35). */
public enum ReservationState {
    /** Its units are kept for it. */
    HELD,
    /** Its use is charged. */
    COMMITTED,
    /** Its units were given back. */
    RELEASED,
    /** Its time ran out: its units are free, from that very instant on. */
    EXPIRED
}
