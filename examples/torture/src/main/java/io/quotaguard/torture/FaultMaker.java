package io.quotaguard.torture;

import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.torture.faults.Fault;
import io.quotaguard.torture.faults.Schedule.Planned;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes faults happen, and heals those that last. */
final class FaultMaker {
    private static final Duration SLOW = Duration.ofMillis(40);

    private static final long SLOW_BYTES_PER_SECOND = 20_000;

    private final Backend backend;
    private final String url;
    private final Nodes nodes;

    FaultMaker(Backend backend, String url, Nodes nodes) {
        this.backend = backend;
        this.url = url;
        this.nodes = nodes;
    }

    /** Makes a fault, and returns when it is over. */
    void make(Planned planned) throws Exception {
        Fault fault = planned.fault();
        int millis = planned.millis();
        switch (fault) {
            case KILL_JVM -> nodes.killOne();
            case KILL_JVM_IN_DELIVERY -> nodes.killOneInDelivery();
            case KILL_BACKEND -> terminateBackends();
            case KILL_POSTGRES -> {
                backend.postgres().kill();
                backend.postgres().restart();
            }
            case PAUSE_POSTGRES -> {
                backend.postgres().pause();
                last(millis);
                backend.postgres().resume();
            }
            case SLOW_POSTGRES -> {
                backend.postgresWay().delay(SLOW);
                last(millis);
                backend.postgresWay().delay(Duration.ZERO);
            }
            case CUT_POSTGRES -> backend.postgresWay().cutAll();
            case LOSE_REPLY_POSTGRES -> backend.postgresWay().cutNext(TcpProxy.Moment.BEFORE_REPLY);
            case TEAR_REPLY_POSTGRES -> backend.postgresWay().cutAfterReplyBytes(millis);
            case THROTTLE_POSTGRES -> {
                backend.postgresWay().throttle(SLOW_BYTES_PER_SECOND);
                last(millis);
                backend.postgresWay().throttle(Long.MAX_VALUE);
            }
            case BLACK_HOLE_POSTGRES -> blackHole(backend.postgresWay(), millis);
            case FULL_DISK -> fillDisk(millis);
            case TOO_MANY_CONNECTIONS -> takeConnections(millis);
            case KILL_REDIS_UNPOSTED -> {
                backend.postgres().pause();
                last(millis);
                backend.redis().make(Fault.KILL_REDIS, millis);
                backend.postgres().resume();
            }
            case KILL_REDIS, PAUSE_REDIS, CUT_REDIS, LOSE_REPLY_REDIS, TEAR_REPLY_REDIS, BLACK_HOLE_REDIS ->
                backend.redis().make(fault, millis);
        }
    }

    /** A server that cannot even write its log ends by itself, and a supervisor starts it again. */
    private void fillDisk(int millis) throws InterruptedException {
        backend.postgres().fillDisk();
        last(millis);
        backend.postgres().freeDisk();
        if (!backend.postgres().isRunning()) {
            backend.postgres().restart();
        }
    }

    /** Ends everybody's connections, and takes all that there are before they come back. */
    private void takeConnections(int millis) throws SQLException, InterruptedException {
        List<Connection> taken = new ArrayList<>();
        try {
            terminateBackends();
            boolean more = true;
            while (more) {
                try {
                    taken.add(DriverManager.getConnection(url));
                } catch (SQLException e) {
                    more = false;
                }
            }
            last(millis);
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
    }

    static void blackHole(TcpProxy way, int millis) throws InterruptedException {
        way.blackHole(true);
        last(millis);
        way.blackHole(false);
    }

    private void terminateBackends() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
    }

    /** A fault lasts as long as its schedule says: that is what it is. */
    private static void last(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }
}
