package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A proxy that holds back or drops what passes")
class TcpProxySilenceTest extends ProxiedDatabase {

    @Test
    @DisplayName("is a black hole on demand: nothing passes, and healing passes on what was held back")
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

    private Connection connectImpatiently() throws SQLException {
        return DriverManager.getConnection(
                proxied.withParameter("socketTimeout", "1").jdbcUrl());
    }

    /** The answer, or the SQLSTATE of the failure. */
    private static String answerTo(Connection connection) {
        try {
            return Sql.ask(connection, "SELECT 1");
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    private void awaitHeldBack(int expected) {
        Await.until(PATIENCE, () -> proxy.heldBack() == expected, () -> "Held back: " + proxy.heldBack());
    }

    private static void assertTimesOut(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(SQLException.class).hasRootCauseInstanceOf(SocketTimeoutException.class);
    }
}
