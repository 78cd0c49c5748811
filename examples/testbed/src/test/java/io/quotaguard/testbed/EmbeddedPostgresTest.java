package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An embedded PostgreSQL")
@DisabledIfEnvironmentVariable(
        named = PostgresServers.ADDRESS,
        matches = ".+",
        disabledReason = "A server is named because this machine may be one that has no binaries")
class EmbeddedPostgresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgres.start();
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
    }

    @ParameterizedTest
    @DisplayName("is durable, without a query compiler, and listens on 127.0.0.1 only")
    @ValueSource(
            strings = {
                "fsync=on",
                "synchronous_commit=on",
                "full_page_writes=on",
                "jit=off",
                "max_connections=200",
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "server_encoding=UTF8"
            })
    void isDurable(String setting) throws SQLException {
        String[] nameAndValue = setting.split("=", 2);
        assertThat(Sql.ask(server.jdbcUrl(), "SHOW " + nameAndValue[0])).isEqualTo(nameAndValue[1]);
    }

    @Test
    @DisplayName("gives every test a database of its own")
    void freshDatabasesAreSeparate() throws SQLException {
        String first = server.createDatabase();
        String second = server.createDatabase();
        Sql.run(first, "CREATE TABLE t (n int)");
        assertThat(first).isNotEqualTo(second);
        assertThat(Sql.ask(first, "SELECT to_regclass('t')")).isEqualTo("t");
        assertThat(Sql.ask(second, "SELECT to_regclass('t')")).isNull();
    }

    @Test
    @DisplayName("keeps what was committed, and nothing else, over kill -9 and a restart on the same port")
    void survivesAKill() throws SQLException {
        String url = server.createDatabase();
        Sql.run(url, "CREATE TABLE t (n int)");
        Sql.run(url, "INSERT INTO t VALUES (1)");
        int port = server.port();
        long pid = server.pid();
        try (Connection open = DriverManager.getConnection(url)) {
            open.setAutoCommit(false);
            Sql.run(open, "INSERT INTO t VALUES (2)");

            server.kill();

            assertThat(server.isRunning()).isFalse();
            assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                    .isFalse();
            assertThatThrownBy(open::commit).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> DriverManager.getConnection(url)).isInstanceOf(SQLException.class);
        }

        server.restart();

        assertThat(server.port()).isEqualTo(port);
        assertThat(Sql.ask(url, "SELECT string_agg(n::text, ',') FROM t")).isEqualTo("1");
    }

    @Test
    @DisplayName("starts again after it was stopped, while it runs, and after another hand killed its parent process")
    void restartsAfterAnyEnd() throws SQLException {
        String url = server.createDatabase();
        Sql.run(url, "CREATE TABLE t AS SELECT 1 AS n");

        server.stop();
        assertThatThrownBy(server::pause)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not running");
        server.restart();
        assertThat(Sql.ask(url, "SELECT n FROM t")).isEqualTo("1");

        long pid = server.pid();
        server.restart();
        assertThat(server.pid()).isNotEqualTo(pid);
        assertThat(Sql.ask(url, "SELECT n FROM t")).isEqualTo("1");

        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
        Await.until(PATIENCE, () -> !server.isRunning(), () -> "Still running");
        server.restart();
        assertThat(Sql.ask(url, "SELECT n FROM t")).isEqualTo("1");
    }

    @Test
    @DisplayName("never answers while it is paused, and finishes what it was asked once it is resumed")
    void pausesAndResumes() throws SQLException {
        PostgresUrl url = PostgresUrl.parse(server.createDatabase());
        String impatient = url.withParameter("socketTimeout", "1").jdbcUrl();
        Sql.run(url.jdbcUrl(), "CREATE TABLE t (n int)");
        try (Connection open = DriverManager.getConnection(impatient)) {
            assertThat(Sql.ask(open, "SELECT 1")).isEqualTo("1");

            server.pause();

            assertThat(server.isRunning()).isTrue();
            assertThatThrownBy(() -> Sql.run(open, "INSERT INTO t VALUES (1)"))
                    .isInstanceOf(SQLException.class)
                    .hasRootCauseInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> Sql.ask(impatient, "SELECT 1")).isInstanceOf(SQLException.class);
        } finally {
            server.resume();
        }
        Await.until(PATIENCE, () -> rows(url.jdbcUrl()).equals("1"), () -> "The insert was not finished");
    }

    @Test
    @DisplayName("takes options that win over its own, and leaves nothing behind when closed, even paused, even twice")
    void closesWhilePaused() throws SQLException {
        EmbeddedPostgres paused = EmbeddedPostgres.start(List.of("-c", "max_connections=17"));
        List<ProcessHandle> processes = new ArrayList<>();
        try (paused) {
            assertThat(Sql.ask(paused.jdbcUrl("template1"), "SHOW max_connections"))
                    .isEqualTo("17");
            ProcessHandle postmaster = ProcessHandle.of(paused.pid()).orElseThrow();
            processes.add(postmaster);
            postmaster.descendants().forEach(processes::add);
            assertThat(processes).hasSizeGreaterThan(3);
            paused.pause();
        }
        Await.until(PATIENCE, () -> processes.stream().noneMatch(ProcessTree::isRunning), processes::toString);
        assertThat(paused.folder()).doesNotExist();
        paused.close();
        assertThatThrownBy(paused::restart)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    @DisplayName("tells what the server said when it does not start, and deletes its folder")
    void saysWhyItDoesNotStart() {
        assertThatThrownBy(() -> EmbeddedPostgres.start(List.of("-c", "no_such_setting=1")))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"")
                .satisfies(e -> assertThat(dataFolderNamedIn(e)).doesNotExist());
    }

    @ParameterizedTest
    @DisplayName("runs, is killed and starts again as whoever this machine lets it run")
    @MethodSource("waysHere")
    void runsInEveryWay(UnprivilegedCommand way) throws SQLException {
        try (EmbeddedPostgres mine = EmbeddedPostgres.start(way, List.of())) {
            Sql.run(mine.jdbcUrl(), "CREATE TABLE t AS SELECT 1 AS n");
            mine.kill();
            mine.restart();
            assertThat(Sql.ask(mine.jdbcUrl(), "SELECT n FROM t")).isEqualTo("1");
        }
    }

    static Stream<UnprivilegedCommand> waysHere() {
        return UnprivilegedCommand.waysHere(new ArrayList<>());
    }

    private static String rows(String url) {
        try {
            return Sql.ask(url, "SELECT count(*) FROM t");
        } catch (SQLException e) {
            return e.toString();
        }
    }

    private static Path dataFolderNamedIn(Throwable e) {
        Matcher folder = Pattern.compile("-D (\\S+)/data").matcher(String.valueOf(e.getMessage()));
        assertThat(folder.find()).isTrue();
        return Path.of(folder.group(1));
    }
}
