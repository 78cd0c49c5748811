package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("An embedded Redis")
@DisabledIfEnvironmentVariable(
        named = RedisServers.ADDRESS,
        matches = ".+",
        disabledReason = "A server is named because this machine may be one that has no binaries")
class EmbeddedRedisTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start(RedisDurability.ALWAYS);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @BeforeEach
    void run() {
        if (!server.isRunning()) {
            server.restart();
        }
        server.ask("FLUSHALL");
    }

    @ParameterizedTest
    @DisplayName("evicts nothing, takes no snapshots and listens on 127.0.0.1 only")
    @CsvSource({"maxmemory-policy, noeviction", "save, ''", "bind, 127.0.0.1", "appendonly, yes", "appendfsync, always"
    })
    void hasTheSettingsOfATruthfulTest(String setting, String value) {
        assertThat(server.ask("CONFIG", "GET", setting)).isEqualTo(setting + "\n" + value);
    }

    @ParameterizedTest
    @DisplayName("is as durable as was asked, and takes options that win over its own")
    @CsvSource({"NONE, no, everysec", "EVERY_SECOND, yes, everysec", "ALWAYS, yes, always"})
    void isAsDurableAsAsked(RedisDurability durability, String appendOnly, String force) {
        try (EmbeddedRedis mine = EmbeddedRedis.start(durability, "--maxmemory-policy", "allkeys-lru")) {
            assertThat(mine.ask("CONFIG", "GET", "appendonly")).endsWith("\n" + appendOnly);
            assertThat(mine.ask("CONFIG", "GET", "appendfsync")).endsWith("\n" + force);
            assertThat(mine.ask("CONFIG", "GET", "maxmemory-policy")).endsWith("\nallkeys-lru");
        }
    }

    @Test
    @DisplayName("keeps what was confirmed over kill -9 and a restart on the same port")
    void survivesAKill() throws IOException {
        int port = server.port();
        long pid = server.pid();
        server.ask("SET", "k", "v");
        try (RespConnection open = server.connect()) {
            assertThat(open.ask("GET", "k")).isEqualTo("v");

            server.kill();

            assertThat(server.isRunning()).isFalse();
            assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                    .isFalse();
            assertThatThrownBy(() -> open.ask("GET", "k")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> server.ask("GET", "k"))
                    .isInstanceOf(TestServerException.class)
                    .hasMessageContainingAll("127.0.0.1:" + port, "GET");
        }
        server.restart();
        assertThat(server.uri()).isEqualTo("redis://127.0.0.1:" + port);
        assertThat(server.pid()).isNotEqualTo(pid);
        assertThat(server.ask("GET", "k")).isEqualTo("v");
    }

    @Test
    @DisplayName("starts again after it was stopped, while it runs, and after another hand killed it")
    void restartsAfterAnyEnd() {
        server.ask("SET", "k", "v");
        server.stop();
        assertThatThrownBy(server::pause)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not running");
        server.restart();
        long pid = server.pid();
        server.restart();
        assertThat(server.pid()).isNotEqualTo(pid);

        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
        Await.until(PATIENCE, () -> !server.isRunning(), () -> "Still running");
        server.restart();
        assertThat(server.ask("GET", "k")).isEqualTo("v");
    }

    @ParameterizedTest
    @DisplayName("starts again without its data on request, whatever it keeps otherwise")
    @EnumSource(RedisDurability.class)
    void restartsEmpty(RedisDurability durability) {
        try (EmbeddedRedis mine = EmbeddedRedis.start(durability)) {
            int port = mine.port();
            mine.ask("SET", "k", "v");
            mine.kill();
            mine.restartEmpty();
            assertThat(mine.port()).isEqualTo(port);
            assertThat(mine.ask("DBSIZE")).isEqualTo("0");

            mine.ask("SET", "k", "v");
            mine.restart(); // In good order, after which only a server that keeps nothing is empty.
            assertThat(mine.ask("DBSIZE")).isEqualTo(durability == RedisDurability.NONE ? "0" : "1");
        }
    }

    @Test
    @DisplayName("never answers while it is paused, and finishes what it was asked once it is resumed")
    void pausesAndResumes() throws IOException {
        try (TcpProxy proxy = TcpProxy.inFrontOf("127.0.0.1", server.port());
                RespConnection open = new RespConnection(FreePort.on(proxy.port()))) {
            CompletableFuture<String> answer;
            try {
                server.pause();
                assertThat(server.isRunning()).isTrue();
                answer = CompletableFuture.supplyAsync(() -> increment(open));
                Await.until(PATIENCE, () -> proxy.bytesToServer() > 0, () -> "The request did not leave");
                assertThat(answer).isNotDone();
            } finally {
                server.resume();
            }
            assertThat(answer.join()).isEqualTo("1");
        }
        assertThat(server.ask("GET", "n")).isEqualTo("1");
    }

    @Test
    @DisplayName("answers in the words of redis-cli, and quotes what it refuses")
    void answers() {
        assertThat(server.ask("PING")).isEqualTo("PONG");
        assertThat(server.ask("SET", "grün", "weiß\r\nrot")).isEqualTo("OK");
        assertThat(server.ask("GET", "grün")).isEqualTo("weiß\r\nrot");
        assertThat(server.ask("GET", "nothing")).isEmpty();
        assertThat(server.ask("RPUSH", "list", "a", "b")).isEqualTo("2");
        assertThat(server.ask("EVAL", "return {1, {'x', false}, redis.call('LRANGE', 'list', 0, -1)}", "0"))
                .isEqualTo("1\nx\n\na\nb");
        assertThatThrownBy(() -> server.ask("INCR", "list"))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("INCR", "WRONGTYPE", Integer.toString(server.port()));
        assertThatThrownBy(() -> server.ask("EVAL", "return {1, redis.pcall('INCR', 'list'), 2}", "0"))
                .hasMessageContaining("WRONGTYPE");
    }

    @Test
    @DisplayName("leaves nothing behind when closed, even paused, even twice")
    void closesWhilePaused() {
        EmbeddedRedis paused = EmbeddedRedis.start();
        ProcessHandle process = ProcessHandle.of(paused.pid()).orElseThrow();
        try (paused) {
            paused.pause();
        }
        assertThat(ProcessTree.isRunning(process)).isFalse();
        assertThat(paused.folder()).doesNotExist();
        paused.close();
        assertThatThrownBy(paused::restart)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(paused::restartEmpty)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    @DisplayName("tells what the server said when it does not start, and deletes its folder")
    void saysWhyItDoesNotStart() {
        assertThatThrownBy(() -> EmbeddedRedis.start(RedisDurability.ALWAYS, "--no-such-setting", "1"))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("no-such-setting")
                .hasMessageContaining("Bad directive")
                .satisfies(e -> assertThat(folderNamedIn(e)).doesNotExist());
    }

    @Test
    @DisplayName("tries another port when somebody was faster to take the one that was free")
    void triesAnotherPort() {
        List<Integer> ports = new ArrayList<>(List.of(server.port()));
        try (EmbeddedRedis other = EmbeddedRedis.start(
                UnprivilegedCommand.findOrStay(),
                () -> ports.isEmpty() ? FreePort.find() : ports.remove(0),
                RedisDurability.NONE,
                List.of())) {
            assertThat(ports).isEmpty();
            assertThat(other.port()).isNotEqualTo(server.port());
            assertThat(other.ask("DBSIZE")).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @DisplayName("runs, is killed and starts again as whoever this machine lets it run, root too")
    @MethodSource("waysHere")
    void runsInEveryWay(UnprivilegedCommand way) {
        try (EmbeddedRedis mine = EmbeddedRedis.start(way, FreePort::find, RedisDurability.ALWAYS, List.of())) {
            mine.ask("SET", "k", "v");
            mine.kill();
            mine.restart();
            assertThat(mine.ask("GET", "k")).isEqualTo("v");
            mine.pause();
            mine.resume();
            mine.stop();
            mine.restartEmpty();
            assertThat(mine.ask("GET", "k")).isEmpty();
        }
    }

    static Stream<UnprivilegedCommand> waysHere() {
        return Stream.concat(
                Stream.of(UnprivilegedCommand.unchanged()), UnprivilegedCommand.waysHere(new ArrayList<>()));
    }

    private static String increment(RespConnection connection) {
        try {
            return connection.ask("INCR", "n");
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Path folderNamedIn(Throwable e) {
        Matcher folder = Pattern.compile("--dir (\\S+)").matcher(String.valueOf(e.getMessage()));
        assertThat(folder.find()).isTrue();
        return Path.of(folder.group(1));
    }
}
