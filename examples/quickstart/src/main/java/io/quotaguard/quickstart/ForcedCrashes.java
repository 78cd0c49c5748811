package io.quotaguard.quickstart;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Crashes of the program, forced where they hurt most: its connection breaks off in the middle of a transaction, and what
 * it was doing is forgotten. No host needs this. Thread-safe.
 */
final class ForcedCrashes {
    /** Odd, since each publication passes two places: so both get their share. */
    private static final int EVERY = 23;

    private final AtomicInteger passed = new AtomicInteger();

    /** What the rest of the program would see if it were still there. */
    static final class CrashException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CrashException() {
            super("the program crashed, because this example forced it");
        }
    }

    /** Crashes now and then. */
    void maybe(Connection connection) throws SQLException {
        if (passed.incrementAndGet() % EVERY == 0) {
            connection.abort(Runnable::run);
            throw new CrashException();
        }
    }

    int forced() {
        return passed.get() / EVERY;
    }
}
