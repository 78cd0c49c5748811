package io.quotaguard.jdbc;

import io.quotaguard.spi.Deadline;
import java.lang.reflect.InvocationTargetException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of waits that no call's deadline ends (R45, trap 10): those of driver and pool on a silent network
 * before the store has the connection in its hands. From then on the store bounds every answer itself.
 */
final class StartupAdvice {
    private static final Logger log = LoggerFactory.getLogger(StartupAdvice.class);

    /** The guard's own time-out, unless the host sets another. */
    private static final long USUAL_CALL_MILLIS = 2_000;

    private StartupAdvice() {}

    /** Logs one warning of all that should be set, or nothing. */
    static void give(DataSource dataSource, Connections connections, Deadline deadline) {
        try (Session session = connections.open(deadline)) {
            List<String> advice = of(dataSource, session.hostsNetworkTimeoutMillis());
            if (!advice.isEmpty()) {
                log.warn(
                        "On a network that goes silent, calls may take longer than their time-out (R45): {}",
                        String.join("; ", advice));
            }
        } catch (NoConnectionException e) {
            log.debug("The settings of the data source were not looked at: {}", Faults.text(e));
        }
    }

    /** Returns what should be set, and why. */
    static List<String> of(DataSource dataSource, int networkTimeoutMillis) {
        List<String> advice = new ArrayList<>();
        if (networkTimeoutMillis == 0 && loginTimeoutSeconds(dataSource) == 0) {
            advice.add("set the driver's socketTimeout or loginTimeout, such as 5 s,"
                    + " since the opening of a connection has no end by itself");
        }
        long validationMillis = validationMillis(dataSource);
        if (validationMillis > USUAL_CALL_MILLIS) {
            advice.add(
                    "set the pool's validationTimeout, now " + validationMillis
                            + " ms, below the guard's time-out, since a call waits so long for each idle connection that is dead");
        }
        return advice;
    }

    private static int loginTimeoutSeconds(DataSource dataSource) {
        try {
            return Math.max(dataSource.getLoginTimeout(), DriverManager.getLoginTimeout());
        } catch (SQLException e) {
            return DriverManager.getLoginTimeout();
        }
    }

    /** HikariCP's, which is no dependency of this module; 0 for a pool that has none by this name. */
    private static long validationMillis(DataSource dataSource) {
        try {
            Object millis =
                    dataSource.getClass().getMethod("getValidationTimeout").invoke(dataSource);
            return millis instanceof Long number ? number : 0;
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return 0;
        }
    }
}
