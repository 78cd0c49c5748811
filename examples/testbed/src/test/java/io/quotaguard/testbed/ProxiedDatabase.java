package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A proxy in front of a database with an empty table, and what the tests of the proxy ask of both. */
abstract class ProxiedDatabase {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String INSERT = "INSERT INTO t VALUES (1)";

    static PostgresUrl direct;

    TcpProxy proxy;
    PostgresUrl proxied;

    @BeforeAll
    static void createDatabase() {
        direct = PostgresUrl.parse(PostgresServers.shared().freshDatabaseUrl());
    }

    @BeforeEach
    void start() throws SQLException {
        Sql.run(direct.jdbcUrl(), "DROP TABLE IF EXISTS t; CREATE TABLE t (n int)");
        proxy = TcpProxy.inFrontOf(direct.host(), direct.port());
        proxied = direct.withAddress("127.0.0.1", proxy.port()).withParameter("ApplicationName", "proxied");
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(proxied.jdbcUrl());
    }

    static int rows() {
        try {
            return Integer.parseInt(Sql.ask(direct.jdbcUrl(), "SELECT count(*) FROM t"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static void awaitServerHasLeft() {
        String query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'proxied'"
                + " AND datname = current_database()";
        Await.until(PATIENCE, () -> answer(query).equals("0"), () -> "The server keeps the connection");
    }

    private static String answer(String query) {
        try {
            return Sql.ask(direct.jdbcUrl(), query);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static boolean proxyThreadsLive(String... names) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .anyMatch(name -> List.of(names).stream().anyMatch(n -> name.equals("tcp-proxy-" + n)));
    }

    static void assertLost(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
    }
}
