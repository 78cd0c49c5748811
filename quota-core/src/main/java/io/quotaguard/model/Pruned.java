package io.quotaguard.model;

/**
 * What maintenance removed.
 *
 * @param windows closed windows, each with its counter
 * @param records rows of the ledger, each with its key
 * @param reservations reservations made in those windows
 * @param alerts sent alerts
 * @param changes rows of the audit
 * @param complete whether all that is past its retention was looked at; false when the time was up before
 */
public record Pruned(long windows, long records, long reservations, long alerts, long changes, boolean complete) {
    /** Nothing, and nothing more to do. */
    public static final Pruned NOTHING = new Pruned(0, 0, 0, 0, 0, true);

    /** Returns both together; complete when both are. */
    public Pruned plus(Pruned other) {
        return new Pruned(
                windows + other.windows,
                records + other.records,
                reservations + other.reservations,
                alerts + other.alerts,
                changes + other.changes,
                complete && other.complete);
    }

    public Pruned withComplete(boolean complete) {
        return new Pruned(windows, records, reservations, alerts, changes, complete);
    }
}
