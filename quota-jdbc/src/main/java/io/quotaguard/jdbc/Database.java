package io.quotaguard.jdbc;

import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Reads and transactions off the hot path, through JDBI, within a deadline. Thread-safe. */
final class Database {
    private static final int MAX_ATTEMPTS = 8;

    /** For the transaction alone: the wait for a lock, and that names mean the server's own, whatever the host's path. */
    private static final String SETTINGS = "SELECT pg_catalog.set_config('lock_timeout', :millis, true),"
            + " pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)";

    private final Connections connections;
    private final String schema;

    /** What is done with a handle. */
    interface Work<T> {
        T with(Handle handle) throws SQLException;
    }

    Database(Connections connections, String schema) {
        this.connections = connections;
        this.schema = schema;
    }

    /** Returns the SQL of a file beside this class, with the schema's name filled in. */
    String file(String name) {
        return SqlResource.read(name, schema);
    }

    /** Returns SQL with the schema's name filled in. */
    String sql(String text) {
        return SqlResource.fill(text, schema);
    }

    /**
     * Runs one statement.
     *
     * @param what what is attempted, for the error's text: "read the plan"
     * @throws QuotaUnavailableException when it cannot be done before the deadline
     */
    <T> T read(String what, Deadline deadline, Work<T> work) {
        try (Session session = connections.open(deadline);
                Handle handle = OwnPath.on(session.handle())) {
            return work.with(handle);
        } catch (NoConnectionException e) {
            throw unavailable(what, e, e);
        } catch (SQLException | RuntimeException e) {
            throw unavailable(what, e, fault(e));
        }
    }

    /**
     * Runs a transaction, again when others were in its way, and again when its reply was lost: so {@code work} must find
     * out first whether an earlier run is committed.
     *
     * @param key the request key, or null
     * @throws QuotaUnavailableException when it cannot be done before the deadline; nothing was changed
     * @throws OutcomeUnknownException when the reply was lost and no later attempt could tell what became of it
     */
    <T> T change(String what, @Nullable String key, Deadline deadline, Work<T> work) {
        Throwable lost = null;
        for (int attempt = 1; ; attempt++) {
            Exception failure;
            Faults.Kind kind;
            try (Session session = connections.open(deadline)) {
                return transaction(session, deadline, work);
            } catch (NoConnectionException e) {
                failure = e;
                kind = Faults.Kind.UNAVAILABLE;
            } catch (SQLException | RuntimeException e) {
                SQLException fault = fault(e);
                failure = fault;
                kind = Faults.kind(fault);
                lost = kind == Faults.Kind.UNKNOWN ? fault : lost;
            }
            boolean again = kind == Faults.Kind.CONTENTION || kind == Faults.Kind.UNKNOWN || isDuplicate(failure);
            if (!again || attempt == MAX_ATTEMPTS || !Backoff.pause(attempt, deadline)) {
                throw lost == null ? unavailable(what, failure, failure) : unknown(what, key, lost);
            }
        }
    }

    private static <T> T transaction(Session session, Deadline deadline, Work<T> work) throws SQLException {
        try (Handle handle = session.handle()) {
            return handle.inTransaction(TransactionIsolationLevel.READ_COMMITTED, inside -> {
                inside.createQuery(SETTINGS)
                        .bind("millis", Integer.toString(deadline.remainingMillis()))
                        .mapTo(String.class)
                        .one();
                session.bound(deadline);
                return work.with(inside);
            });
        }
    }

    /** Returns the database's own error behind what JDBI wrapped; what is no such error is thrown as it is. */
    private static SQLException fault(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof QuotaException own) {
                throw own;
            }
            if (cause instanceof SQLException fault) {
                return fault;
            }
        }
        throw thrown instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(thrown);
    }

    /** Two transactions inserted the same row; the second attempt finds it there. */
    private static boolean isDuplicate(Exception failure) {
        return failure instanceof SQLException fault && "23505".equals(fault.getSQLState());
    }

    private static QuotaUnavailableException unavailable(String what, Throwable cause, Throwable said) {
        return new QuotaUnavailableException(
                "store " + JdbcQuotaStore.NAME + " could not " + what + ": " + Faults.text(said),
                cause,
                null,
                JdbcQuotaStore.NAME);
    }

    private static OutcomeUnknownException unknown(String what, @Nullable String key, Throwable cause) {
        return new OutcomeUnknownException(
                "the reply of store " + JdbcQuotaStore.NAME + " was lost, so it may or may not have been able to "
                        + what + ": read the present state, or repeat the change with its request key (R12)",
                cause,
                key == null ? "none" : key,
                JdbcQuotaStore.NAME);
    }
}
