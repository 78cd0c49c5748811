package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.testbed.TcpProxy.Moment;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A proxy in front of PostgreSQL")
class TcpProxyTest extends ProxiedDatabase {

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
    @DisplayName("cuts in the middle of a reply, after so many bytes: the server has done its work")
    void tearsAReply() throws SQLException {
        try (Connection connection = connect()) {
            long before = proxy.bytesToClient();
            proxy.cutAfterReplyBytes(1_000);

            assertLost(() -> Sql.ask(connection, "INSERT INTO t SELECT 1 RETURNING repeat('x', 200000)"));

            assertThat(proxy.bytesToClient() - before).isEqualTo(1_000);
            assertThat(proxy.cuts()).isOne();
        }
        assertThat(rows()).isEqualTo(1);
        assertThat(Sql.ask(proxied.jdbcUrl(), "SELECT repeat('x', 200000)")).hasSize(200_000);
    }

    @Test
    @DisplayName("throttles, and lets everything pass again")
    void throttles() throws SQLException {
        try (Connection connection = connect()) {
            proxy.throttle(1_000_000);
            long before = System.nanoTime();
            assertThat(Sql.ask(connection, "SELECT repeat('x', 200000)")).hasSize(200_000);
            // A least time, which no busy machine can undercut.
            assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(200));
            proxy.throttle(Long.MAX_VALUE);
            assertThat(Sql.ask(connection, "SELECT 1")).isEqualTo("1");
        }
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
    @DisplayName("cuts right after a request: the client sees a failure, and the server is still at work")
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

    private static void connectTo(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address);
        }
    }
}
