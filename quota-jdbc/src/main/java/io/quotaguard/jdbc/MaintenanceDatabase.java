package io.quotaguard.jdbc;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.sql.SQLException;

/**
 * The connections that may delete: the role that works with the ledger must not, so hosts give them a data source of their
 * own. Thread-safe.
 */
final class MaintenanceDatabase {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Database database;

    MaintenanceDatabase(Database database) {
        this.database = database;
    }

    /** Returns SQL with the schema's name filled in. */
    String sql(String text) {
        return database.sql(text);
    }

    /**
     * Runs one step as a transaction of its own. One whose reply was lost is run again: what it removed is gone already.
     *
     * @throws QuotaUnavailableException when it cannot be done before the deadline, or may not be done
     */
    <T> T step(String what, Deadline deadline, Database.Work<T> work) {
        try {
            return database.change(what, null, deadline, work);
        } catch (QuotaUnavailableException e) {
            if (e.getCause() instanceof SQLException fault && INSUFFICIENT_PRIVILEGE.equals(fault.getSQLState())) {
                throw new QuotaUnavailableException(
                        e.getMessage() + "; the role that runs the application may not delete: give"
                                + " JdbcQuotaStore.builder(…).maintenance(…) a data source of one that has"
                                + " QuotaSchema.maintenanceGrants(…)",
                        e,
                        null,
                        JdbcQuotaStore.NAME);
            }
            throw e;
        }
    }
}
