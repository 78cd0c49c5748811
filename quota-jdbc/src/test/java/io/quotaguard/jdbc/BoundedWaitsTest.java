package io.quotaguard.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testing.EntryPoints;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** No public call outlasts its deadline, whatever stands still (G3). Prints how long the slowest took. */
@DisplayName("When PostgreSQL, its pool or its network stand still")
class BoundedWaitsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    /** The promise is 100 ms; a busy machine may add to it, a hang would add minutes. */
    private static final Duration LATEST = SHORT.plusSeconds(5);

    private static final int THREADS = 16;

    private static final EmbeddedPostgres SERVER = EmbeddedPostgres.start();

    private String url = "";

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @BeforeEach
    void migrate() {
        url = SERVER.createDatabase();
        try (HikariDataSource setup = TestDatabase.pool(url, 3)) {
            QuotaSchema.migrate(setup);
        }
    }

    /** Something that stands still until it is ended. */
    private interface Standstill {
        void end() throws SQLException;
    }

    /** Makes something stand still for those who use this pool. */
    private interface Fault {
        Standstill begin(HikariDataSource pool) throws SQLException;
    }

    private static void allEndInTime(String name, String url, Fault fault) throws SQLException {
        try (HikariDataSource pool = TestDatabase.pool(url, THREADS);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                // Patient while all is well, as a first connection takes its time.
                QuotaGuard patient = QuotaGuard.builder(store).build();
                QuotaGuard quota = QuotaGuard.builder(store).timeout(SHORT).build()) {
            // As the advice at the start says: the pool waits so long for an idle connection that is dead.
            pool.setValidationTimeout(SHORT.toMillis());
            EntryPoints points = EntryPoints.of(patient, quota, SHORT);
            Standstill standstill = fault.begin(pool);
            try {
                points.endInTime("PostgreSQL, " + name, THREADS, LATEST);
            } finally {
                standstill.end();
            }
        }
    }

    @Test
    @DisplayName("R45: a network that swallows everything holds up no call")
    void blackHole() throws SQLException {
        URI address = URI.create(url.substring("jdbc:".length()));
        try (TcpProxy proxy = TcpProxy.inFrontOf(address.getHost(), address.getPort())) {
            String through = url.replace(address.getHost() + ":" + address.getPort(), "127.0.0.1:" + proxy.port());
            allEndInTime("black hole", through, pool -> {
                proxy.blackHole(true);
                return () -> proxy.blackHole(false);
            });
        }
    }

    @Test
    @DisplayName("R45: a server that is stopped holds up no call")
    void stoppedServer() throws SQLException {
        allEndInTime("stopped server", url, pool -> {
            SERVER.pause();
            return SERVER::resume;
        });
    }

    @Test
    @DisplayName("R45: a pool whose connections are all taken holds up no call")
    void exhaustedPool() throws SQLException {
        allEndInTime("exhausted pool", url, pool -> {
            Connection[] taken = new Connection[THREADS];
            for (int i = 0; i < THREADS; i++) {
                taken[i] = pool.getConnection();
            }
            return () -> {
                for (Connection connection : taken) {
                    connection.close();
                }
            };
        });
    }

    @Test
    @DisplayName("R45: a stranger who has locked the rows of plans, subscriptions and counters holds up no call")
    void lockedRows() throws SQLException {
        allEndInTime("locked rows", url, pool -> {
            Connection stranger = DriverManager.getConnection(url);
            stranger.setAutoCommit(false);
            try (Statement statement = stranger.createStatement()) {
                for (String table :
                        new String[] {"usage_counter", "subscriber", "plan", "reservation", "quota_alert"}) {
                    statement.execute("SELECT * FROM quotaguard." + table + " FOR UPDATE");
                }
            }
            return stranger::close;
        });
    }
}
