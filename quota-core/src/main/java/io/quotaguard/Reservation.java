package io.quotaguard;

import io.quotaguard.model.Decision;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.Units;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Units that are kept free for one use while its work is done (R34 to R36). Thread-safe.
 *
 * <pre>{@code
 * try (Reservation reservation = quota.reserve(usage, Duration.ofMinutes(5)).orThrow()) {
 *     Article article = generate();
 *     reservation.commit();
 * } // not committed: released
 * }</pre>
 *
 * <p>It ends once: committed, released or expired. To end it again in the same way gives the same answer, in another way a
 * {@link ReservationSettledException}. Any process can go on with it by its id. Its time runs out exactly, whether or not
 * anything looks; a commit that comes too late is refused with
 * {@link io.quotaguard.model.RefusalReason#EXPIRED} and charges nothing.
 */
public final class Reservation implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reservation.class);

    private final Settling settling;
    private final Decision decision;
    private volatile Instant expiresAt;
    /** Set when close is to leave it alone. */
    private volatile boolean settled;

    /** How a reservation is ended. */
    interface Settling {
        String id();

        long units();

        Decision commit(long units, boolean allowingMore);

        void release();

        Instant extend(Duration ttl);
    }

    Reservation(Settling settling, Decision decision, Instant expiresAt) {
        this.settling = settling;
        this.decision = decision;
        this.expiresAt = expiresAt;
        this.settled = !decision.allowed();
    }

    /** Returns the id by which any process can go on with it: {@code quota.reservation(id)}. */
    public String id() {
        return settling.id();
    }

    /** Returns what was decided when it was asked for; a refused one holds nothing. */
    public Decision decision() {
        return decision;
    }

    /** Returns the first instant at which it no longer holds anything, on the store's clock. */
    public Instant expiresAt() {
        return expiresAt;
    }

    /**
     * Returns this reservation when its units are held.
     *
     * @throws QuotaExceededException with the decision, when it was refused
     */
    public Reservation orThrow() {
        decision.orThrow();
        return this;
    }

    /** Charges all that is held; see {@link #commit(long)}. */
    public Decision commit() {
        return commit(settling.units(), false);
    }

    /**
     * Charges {@code units}, at most those held, and frees the rest; in the window in which they were held (R36).
     *
     * @return the decision: allowed, or refused with {@link io.quotaguard.model.RefusalReason#EXPIRED} when it is too late
     * @throws InvalidQuotaArgumentException when that is more than is held; nothing was changed
     * @throws QuotaExceededException when nothing was ever held, because it was refused
     * @throws ReservationSettledException when it was released, or committed with another amount
     */
    public Decision commit(long units) {
        return commit(units, false);
    }

    /**
     * Charges {@code units}, also more than are held, if there is room for these now. Refused, nothing is changed, and it
     * can still be committed with what is held.
     */
    public Decision commitAllowingMore(long units) {
        return commit(units, true);
    }

    private Decision commit(long units, boolean allowingMore) {
        Units.requireAmount(units);
        decision.orThrow();
        try {
            Decision charged = settling.commit(units, allowingMore);
            settled |= charged.allowed();
            return charged;
        } catch (QuotaUnavailableException | OutcomeUnknownException e) {
            // The work is done. To release it now would make it free: it waits for another commit, or for its end.
            settled = true;
            throw e;
        }
    }

    /**
     * Frees what is held.
     *
     * @throws ReservationSettledException when it was committed, or had expired
     */
    public void release() {
        decision.orThrow();
        settling.release();
        settled = true;
    }

    /**
     * Moves its end on, to {@code ttl} from now; never to an earlier one.
     *
     * @return the new end
     * @throws ReservationSettledException when it has ended
     */
    public Instant extend(Duration ttl) {
        decision.orThrow();
        expiresAt = settling.extend(ttl);
        return expiresAt;
    }

    /**
     * Releases it unless it was committed, or a commit of it failed: then its end frees it. Never throws: what is not
     * released expires.
     */
    @Override
    public void close() {
        if (settled) {
            return;
        }
        settled = true;
        try {
            settling.release();
        } catch (ReservationSettledException e) {
            log.debug("reservation {} had ended before it was closed: {}", id(), e.state());
        } catch (QuotaException e) {
            log.warn("reservation {} could not be released and holds its units until {}", id(), expiresAt, e);
        }
    }
}
