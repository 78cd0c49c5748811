package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.testbed.TcpProxy.Moment;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@DisplayName("A proxy in front of Redis")
@DisabledIfEnvironmentVariable(
        named = RedisServers.ADDRESS,
        matches = ".+",
        disabledReason = "A server is named because this machine may be one that has no binaries")
class TcpProxyRedisTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String[] SCRIPT = {"EVAL", "return redis.call('INCR', KEYS[1])", "1", "n"};
    private static final int CUTS = 200;

    private static EmbeddedRedis server;

    private TcpProxy proxy;

    @BeforeAll
    static void startServer() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @BeforeEach
    void start() {
        server.ask("FLUSHALL");
        proxy = TcpProxy.inFrontOf("127.0.0.1", server.port());
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    @DisplayName("loses the reply to a script, time and again: the client sees a failure and the script has run")
    void losesRepliesToScripts() throws IOException {
        for (int i = 1; i <= CUTS; i++) {
            try (RespConnection connection = connect()) {
                proxy.cutNext(Moment.BEFORE_REPLY_TO, "EVAL");
                assertThat(connection.ask("PING")).isEqualTo("PONG"); // A reply to something else gets through.
                assertThatThrownBy(() -> connection.ask(SCRIPT)).isInstanceOf(IOException.class);
            }
            assertThat(proxy.cuts()).isEqualTo(i);
        }
        assertThat(server.ask("GET", "n")).isEqualTo(Integer.toString(CUTS));
    }

    @Test
    @DisplayName("loses the reply on the connection that asked, and no other's")
    void losesTheReplyOfThatConnection() throws IOException {
        try (RespConnection asking = connect();
                RespConnection other = connect()) {
            assertThat(other.ask("PING")).isEqualTo("PONG");
            proxy.cutNext(Moment.BEFORE_REPLY_TO, "BLPOP");
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> takeFromList(asking));
            Await.until(PATIENCE, () -> blockedClients() == 1, () -> "The request did not arrive");

            assertThat(other.ask("RPUSH", "list", "a")).isEqualTo("1");

            assertThat(answer.join()).isEqualTo("no reply");
            assertThat(proxy.cuts()).isOne();
            assertThat(other.ask("LLEN", "list")).isEqualTo("0");
        }
    }

    @Test
    @DisplayName("goes on waiting for the text when the connection that asked is gone without a reply")
    void waitsForTheNextAsker() throws IOException {
        proxy.cutNext(Moment.BEFORE_REPLY_TO, "BLPOP");
        try (RespConnection leaving = connect()) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> takeFromList(leaving));
            Await.until(PATIENCE, () -> blockedClients() == 1, () -> "The request did not arrive");
            proxy.cutAll();
            assertThat(answer.join()).isEqualTo("no reply");
            Await.until(PATIENCE, () -> proxy.connections() == 0, () -> "The proxy keeps the connection");
        }
        assertThat(proxy.cuts()).isZero();
        try (RespConnection next = connect()) {
            assertThat(next.ask("RPUSH", "list", "a")).isEqualTo("1");
            assertThatThrownBy(() -> next.ask("BLPOP", "list", "0")).isInstanceOf(IOException.class);
        }
        assertThat(proxy.cuts()).isOne();
        assertThat(server.ask("EXISTS", "list")).isEqualTo("0");
    }

    @Test
    @DisplayName("loses a request: the client sees a failure and the server has done nothing")
    void losesARequest() throws IOException {
        try (RespConnection connection = connect()) {
            proxy.cutNext(Moment.BEFORE_REQUEST, "INCR");
            assertThatThrownBy(() -> connection.ask("INCR", "n")).isInstanceOf(IOException.class);
        }
        try (RespConnection connection = connect()) {
            assertThat(connection.ask("INCR", "n")).isEqualTo("1");
        }
    }

    private RespConnection connect() throws IOException {
        return new RespConnection(FreePort.on(proxy.port()));
    }

    /** Waits at the server for as long as the list is empty. */
    private static String takeFromList(RespConnection connection) {
        try {
            return connection.ask("BLPOP", "list", "0");
        } catch (IOException e) {
            return "no reply";
        }
    }

    private static int blockedClients() {
        return server.ask("INFO", "clients")
                .lines()
                .filter(line -> line.startsWith("blocked_clients:"))
                .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1)))
                .sum();
    }
}
