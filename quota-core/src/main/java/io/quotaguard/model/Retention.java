package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long things are kept before maintenance removes them. Immutable. Nothing is removed unless maintenance runs.
 *
 * <p>A window goes as a whole, some time after it has ended: its counter, ledger rows, keys, and the reservations made in it.
 * So a counter always equals its ledger (R42), and a key is known for as long as the row that it wrote (R10). Windows that
 * never end stay, and so does whatever somebody may still have a claim on: an open hold, or a use that also charged the window
 * and is itself kept longer.
 *
 * @param correctionTime for how long after a window's end its uses can be corrected and its keys are known, at least (R10)
 * @param ledger how long a window is kept after its end; the longer of this and the correction time counts
 * @param alerts how long an alert is kept after it fired, once it is sent; unsent ones stay
 * @param audit how long a change of the catalog is kept, or null for ever
 */
public record Retention(
        Duration correctionTime,
        Duration ledger,
        Duration alerts,
        @Nullable Duration audit) {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Windows for 400 days, so that a year can be compared with the one before; alerts for 90 days; the audit for ever. */
    public static final Retention DEFAULT =
            new Retention(Duration.ofDays(35), Duration.ofDays(400), Duration.ofDays(90), null);

    /**
     * Checks the durations.
     *
     * @throws InvalidQuotaArgumentException when one is not positive or above 36,500 days, or when the audit would forget
     *     the keys of changes (R12) before the correction time is over
     */
    public Retention {
        check("correction time", correctionTime);
        check("retention of the ledger", ledger);
        check("retention of alerts", alerts);
        if (audit != null) {
            check("retention of the audit", audit);
            if (audit.compareTo(correctionTime) < 0) {
                throw InvalidQuotaArgumentException.of(
                        "R12",
                        "retention of the audit",
                        audit,
                        "is shorter than the correction time, " + correctionTime);
            }
        }
    }

    private static void check(String what, Duration duration) {
        required(what, duration);
        if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw InvalidQuotaArgumentException.of("R10", what, duration, "is not positive and at most " + LONGEST);
        }
    }

    public Retention withCorrectionTime(Duration kept) {
        return new Retention(kept, ledger, alerts, audit);
    }

    public Retention withLedger(Duration kept) {
        return new Retention(correctionTime, kept, alerts, audit);
    }

    public Retention withAlerts(Duration kept) {
        return new Retention(correctionTime, ledger, kept, audit);
    }

    public Retention withAudit(Duration kept) {
        return new Retention(correctionTime, ledger, alerts, required("retention of the audit", kept));
    }

    /** Returns how long a window is kept after its end: the longer of correction time and ledger (R10). */
    public Duration windows() {
        return correctionTime.compareTo(ledger) > 0 ? correctionTime : ledger;
    }
}
