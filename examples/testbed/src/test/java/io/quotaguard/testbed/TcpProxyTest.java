package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.testbed.TcpProxy.Moment;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A proxy in front of PostgreSQL")
class TcpProxyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String INSERT = "INSERT INTO t VALUES (1)";

    private static PostgresUrl direct;

    private TcpProxy proxy;
    private PostgresUrl proxied;

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

    @Test
    @DisplayName("passes everything on, and counts connections and bytes")
    void passesOn() throws SQLException {
        try (Connection connection = connect()) {
            String answer = Sql.ask(connection, "SELECT repeat('x', 200000)");
            assertThat(answer).hasSize(200_000);
            assertThat(proxy.connections()).isOne();
            assertThat(proxy.bytesToClient()).isGreaterThan(200_000);
            assertThat(proxy.bytesToServer()).isBetween(30L, 5_000L);
        }
        Await.until(PATIENCE, () -> proxy.connections() == 0, () -> "The proxy keeps a connection that was closed");
        assertThat(proxy.cuts()).isZero();
    }

    @Test
    @DisplayName("cuts all connections, and accepts new ones")
    void cutsAll() throws SQLException {
        try (Connection first = connect();
                Connection second = connect()) {
            proxy.cutAll();
            assertLost(() -> Sql.ask(first, "SELECT 1"));
            assertLost(() -> Sql.ask(second, "SELECT 1"));
        }
        assertThat(Sql.ask(proxied.jdbcUrl(), "SELECT 1")).isEqualTo("1");
    }

    @Test
    @DisplayName("loses the reply to a COMMIT: the client sees a failure and the row is there")
    void losesACommitReply() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            Sql.run(connection, INSERT);
            proxy.cutNext(Moment.BEFORE_REPLY, "COMMIT");
            assertThat(Sql.ask(connection, "SELECT count(*) FROM t")).isEqualTo("1");
            assertThat(proxy.cuts()).isZero();

            assertLost(connection::commit);

            assertThat(proxy.cuts()).isOne();
            assertThat(rows()).isEqualTo(1);
        }
        assertThat(Sql.ask(proxied.jdbcUrl(), "SELECT 1")).isEqualTo("1");
    }

    @Test
    @DisplayName("loses a request: the client sees a failure and the server has done nothing")
    void losesARequest() throws SQLException {
        try (Connection connection = connect()) {
            proxy.cutNext(Moment.BEFORE_REQUEST);
            assertLost(() -> Sql.run(connection, INSERT));
        }
        awaitServerHasLeft();
        assertThat(rows()).isZero();
    }

    @Test
    @DisplayName("cuts right after a request: the client sees a failure while the server is still at work, and succeeds")
    void cutsAfterARequest() throws SQLException {
        try (Connection holder = DriverManager.getConnection(direct.jdbcUrl());
                Connection connection = connect()) {
            holder.setAutoCommit(false);
            Sql.run(holder, "LOCK TABLE t IN SHARE MODE");
            proxy.cutNext(Moment.AFTER_REQUEST, "INSERT");

            assertLost(() -> Sql.run(connection, INSERT));

            assertThat(rows()).isZero();
            holder.commit();
        }
        Await.until(PATIENCE, () -> rows() == 1, () -> "The server did not finish");
        assertThat(proxy.cuts()).isOne();
    }

    @Test
    @DisplayName("is a black hole on demand: connections open, nothing passes, and healing passes on what was held back")
    void blackHole() throws SQLException {
        try (Connection patient = connect();
                Connection impatient = connectImpatiently()) {
            proxy.blackHole(true);
            long bytes = proxy.bytesToServer();
            assertTimesOut(() -> Sql.run(impatient, INSERT));
            assertTimesOut(this::connectImpatiently);
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> answerTo(patient));
            awaitHeldBack(3); // The insert, the greeting of a new connection, and this query.
            assertThat(proxy.bytesToServer()).isEqualTo(bytes);
            assertThat(rows()).isZero();
            assertThat(waiting).isNotDone();

            proxy.blackHole(false);

            assertThat(waiting.join()).isEqualTo("1");
        }
        Await.until(PATIENCE, () -> rows() == 1, () -> "What was held back did not arrive");
        Await.until(PATIENCE, () -> proxy.connections() == 0, () -> "Hanging up in the hole was not passed on");
    }

    @Test
    @DisplayName("can be cut while it is a black hole")
    void cutsInABlackHole() throws SQLException {
        try (Connection connection = connect()) {
            proxy.blackHole(true);
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> answerTo(connection));
            awaitHeldBack(1);
            proxy.cutAll();
            assertThat(waiting.join()).startsWith("08");
        }
        awaitServerHasLeft();
        Await.until(PATIENCE, () -> !proxyThreadsLive("requests", "replies"), () -> "Threads wait in the hole");
    }

    @Test
    @DisplayName("drops replies on demand: requests take effect and the client waits in vain")
    void dropsReplies() throws SQLException {
        try (Connection connection = connectImpatiently()) {
            long bytes = proxy.bytesToClient();
            proxy.dropReplies(true);
            assertTimesOut(() -> Sql.run(connection, INSERT));
            assertThat(rows()).isOne();
            assertThat(proxy.bytesToClient()).isEqualTo(bytes);
            proxy.cutAll();
            proxy.dropReplies(false);
        }
        assertThat(Sql.ask(proxied.jdbcUrl(), "SELECT 1")).isEqualTo("1");
    }

    @Test
    @DisplayName("delays both ways, and a cut need not wait for the delay")
    void delays() throws SQLException {
        try (Connection connection = connect()) {
            proxy.delay(Duration.ofMillis(60));
            long startNanos = System.nanoTime();
            assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThanOrEqualTo(Duration.ofMillis(120));

            proxy.delay(Duration.ofHours(1));
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> answerTo(connection));
            awaitHeldBack(1);
            proxy.cutAll();
            assertThat(waiting.join()).startsWith("08");
            awaitHeldBack(0);
        }
        assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("hangs up when no server is there")
    void hangsUpWithoutAServer() {
        try (TcpProxy nowhere = TcpProxy.inFrontOf("127.0.0.1", FreePort.find())) {
            String url = direct.withAddress("127.0.0.1", nowhere.port()).jdbcUrl();
            assertLost(() -> DriverManager.getConnection(url));
        }
    }

    @Test
    @DisplayName("leaves no connection, no thread and no open port when it is closed")
    void closesCleanly() throws SQLException {
        try (Connection connection = connect()) {
            int port = proxy.port();
            proxy.close();
            assertLost(() -> Sql.ask(connection, "SELECT 1"));
            assertThatThrownBy(() -> connectTo(FreePort.on(port))).isInstanceOf(ConnectException.class);
            assertThat(proxy.connections()).isZero();
            Await.until(PATIENCE, () -> !proxyThreadsLive("accept", "requests", "replies"), () -> "Threads live on");
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(proxied.jdbcUrl());
    }

    private Connection connectImpatiently() throws SQLException {
        return DriverManager.getConnection(
                proxied.withParameter("socketTimeout", "1").jdbcUrl());
    }

    private static void connectTo(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address);
        }
    }

    /** The answer, or the SQLSTATE of the failure. */
    private static String answerTo(Connection connection) {
        try {
            return Sql.ask(connection, "SELECT 1");
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    private static int rows() {
        try {
            return Integer.parseInt(Sql.ask(direct.jdbcUrl(), "SELECT count(*) FROM t"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitHeldBack(int expected) {
        Await.until(PATIENCE, () -> proxy.heldBack() == expected, () -> "Held back: " + proxy.heldBack());
    }

    private static void awaitServerHasLeft() {
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

    private static boolean proxyThreadsLive(String... names) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .anyMatch(name -> List.of(names).stream().anyMatch(n -> name.equals("tcp-proxy-" + n)));
    }

    private static void assertLost(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
    }

    private static void assertTimesOut(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(SQLException.class)
                .hasRootCauseInstanceOf(SocketTimeoutException.class);
    }
}
