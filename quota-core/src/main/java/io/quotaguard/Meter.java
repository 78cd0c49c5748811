package io.quotaguard;

import io.quotaguard.model.Decision;
import io.quotaguard.model.Names;
import io.quotaguard.model.Units;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.LocalStore;
import io.quotaguard.spi.Operation;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One subject's use of one feature, in the hands of a host that charges it again and again; made by
 * {@link QuotaGuard#meter}. It decides, records and fails exactly as {@link QuotaGuard} does by names, and follows every
 * change of plan, override and window as that does; it only spares the look-up of the names. Thread-safe.
 *
 * <p>It holds nothing open: keep it for as long as the guard lives, or let it go.
 */
public final class Meter {
    private final String subject;
    private final String feature;
    private final CallRunner runner;
    private final Duration timeout;
    /** The short way into a store of this process; null when there is none. */
    private final LocalStore.@Nullable Till till;
    /** What one unit charges, as last resolved: the till verifies it (R25), and what it rejects is resolved anew. */
    private volatile @Nullable Line unit;

    Meter(String subject, String feature, CallRunner runner, Duration timeout) {
        this.subject = Names.requireSubject(subject);
        this.feature = Names.requireFeature(feature);
        this.runner = runner;
        this.timeout = timeout;
        this.till = runner.till(subject, feature);
    }

    boolean isOf(String otherSubject, String otherFeature) {
        return subject.equals(otherSubject) && feature.equals(otherFeature);
    }

    public String subject() {
        return subject;
    }

    public String feature() {
        return feature;
    }

    /** Charges one unit, if it fits; see {@link QuotaGuard#checkAndRecord(Usage)}. */
    public Decision checkAndRecord() {
        return checkAndRecord(1);
    }

    /** Charges {@code amount} units, at least 1, if they fit (R1, R6). */
    public Decision checkAndRecord(long amount) {
        return record(Units.requireAmount(amount), null);
    }

    /**
     * Charges {@code amount} units, if they fit.
     *
     * @param key makes a retry of this call a replay (R7)
     */
    public Decision checkAndRecord(long amount, String key) {
        return record(Units.requireAmount(amount), Names.requireKey(key));
    }

    /** Charges one unit, if it fits, and only tells whether it did. */
    public boolean tryRecord() {
        return tryRecord(1);
    }

    /** Charges {@code amount} units, if they fit, and only tells whether they did. */
    public boolean tryRecord(long amount) {
        return checkAndRecord(amount).allowed();
    }

    /** Tells whether one more unit would fit now, and changes nothing. */
    public Decision check() {
        return check(1);
    }

    /** Tells whether {@code amount} more units would fit now, and changes nothing. */
    public Decision check(long amount) {
        return look(Units.requireAmount(amount), null);
    }

    Decision look(long amount, @Nullable String key) {
        Line line = unit;
        if (till != null && line != null) {
            Decision decision = till.check(amount == 1 ? line : line.withAmount(amount), key);
            if (decision != null) {
                runner.tally().checkedAtTill.increment();
                return decision;
            }
        }
        return decide(Operation.CHECK, amount, key);
    }

    Decision record(long amount, @Nullable String key) {
        Line line = unit;
        if (till != null && line != null) {
            Decision decision = till.charge(amount == 1 ? line : line.withAmount(amount), key);
            if (decision != null) {
                (decision.allowed() ? runner.tally().allowedAtTill : runner.tally().refusedAtTill).increment();
                return decision;
            }
        }
        return decide(Operation.RECORD, amount, key);
    }

    private Decision decide(Operation operation, long amount, @Nullable String key) {
        Usage usage = new Usage(subject, feature, amount, key, Map.of());
        Decision decision =
                runner.run(Charge.of(operation, usage), Deadline.after(timeout)).decision();
        if (till != null) {
            unit = runner.entitlements().lastKnownUnit(subject, feature);
        }
        return decision;
    }

    @Override
    public String toString() {
        return "Meter[" + subject + " / " + feature + "]";
    }
}
