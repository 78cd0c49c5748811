package io.quotaguard.jdbc;

import io.quotaguard.model.Pruned;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.MaintenanceStore;
import java.time.Duration;

/** Removes what is past its retention, a bounded number of rows per transaction. Thread-safe. */
final class JdbcMaintenance implements MaintenanceStore {
    static final int ROWS_PER_STEP = 1000;

    private final MaintenanceDatabase database;
    private final int rowsPerStep;
    private final String windows;
    private final String audit;

    JdbcMaintenance(MaintenanceDatabase database, int rowsPerStep) {
        this.database = database;
        this.rowsPerStep = rowsPerStep;
        this.windows = database.sql("""
                SELECT o_windows, o_records, o_reservations, o_end::text AS ends, o_id, o_more
                  FROM ${quota_schema}.quota_prune(:keepMicros, :end::timestamptz, :id, :rows)
                """);
        // Older rows have smaller numbers, so that those which may go stand first.
        this.audit = database.sql("""
                DELETE FROM ${quota_schema}.catalog_change c
                 WHERE c.id IN (SELECT o.id
                                  FROM (SELECT n.id, n.at FROM ${quota_schema}.catalog_change n ORDER BY n.id LIMIT :rows) o
                                 WHERE o.at < ${quota_schema}.quota_now() - :keepMicros * interval '1 microsecond')
                """);
    }

    @Override
    public Pruning windows(Duration keep) {
        return new WindowPruning(keep);
    }

    /** Goes through the windows in the order of their ends, past those that have to stay. */
    private final class WindowPruning implements Pruning {
        private final long keepMicros;
        private Position position = new Position("-infinity", 0);

        WindowPruning(Duration keep) {
            this.keepMicros = micros(keep);
        }

        @Override
        public Pruned step(Deadline deadline) {
            Stepped stepped = database.step(
                    "remove closed windows",
                    deadline,
                    handle -> handle.createQuery(windows)
                            .bind("keepMicros", keepMicros)
                            .bind("end", position.end())
                            .bind("id", position.id())
                            .bind("rows", rowsPerStep)
                            .map((row, context) -> new Stepped(
                                    new Pruned(
                                            row.getLong("o_windows"),
                                            row.getLong("o_records"),
                                            row.getLong("o_reservations"),
                                            0,
                                            0,
                                            !row.getBoolean("o_more")),
                                    new Position(row.getString("ends"), row.getLong("o_id"))))
                            .one());
            position = stepped.position();
            return stepped.pruned();
        }
    }

    /** The window after which the next step begins. */
    private record Position(String end, long id) {}

    private record Stepped(Pruned pruned, Position position) {}

    @Override
    public Pruning audit(Duration keep) {
        return deadline -> {
            int removed = database.step(
                    "remove old changes from the audit",
                    deadline,
                    handle -> handle.createUpdate(audit)
                            .bind("keepMicros", micros(keep))
                            .bind("rows", rowsPerStep)
                            .execute());
            return new Pruned(0, 0, 0, 0, removed, removed < rowsPerStep);
        };
    }

    private static long micros(Duration keep) {
        return keep.plusNanos(999).toNanos() / 1000;
    }
}
