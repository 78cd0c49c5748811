package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The server that tests share")
class PostgresServersTest {
    private static final String EMBEDDED = "jdbc:postgresql://127.0.0.1:1/postgres?user=postgres";

    @Test
    @DisplayName("is one per JVM and gives out databases that do not know each other")
    void isShared() throws SQLException {
        PostgresServer server = PostgresServers.shared();
        assertThat(PostgresServers.shared()).isSameAs(server);
        String first = server.freshDatabaseUrl();
        String second = server.freshDatabaseUrl();
        Sql.run(first, "CREATE TABLE t (n int)");
        assertThat(Sql.ask(second, "SELECT to_regclass('t')")).isNull();
    }

    @Test
    @DisplayName(
            "is the one that QUOTA_TEST_JDBC_URL names, whatever else is named; its databases can be dropped again")
    void isTheOneOfTheAddress() throws SQLException {
        PostgresUrl real = PostgresUrl.parse(PostgresServers.shared().freshDatabaseUrl());
        PostgresServer server = PostgresServers.choose(
                Map.of(PostgresServers.ADDRESS, real.jdbcUrl(), PostgresServers.BACKEND, "testcontainers"),
                List.of(),
                () -> EMBEDDED);
        PostgresUrl fresh = PostgresUrl.parse(server.freshDatabaseUrl());
        assertThat(fresh.withDatabase(real.database())).isEqualTo(real);
        assertThat(Sql.ask(fresh.jdbcUrl(), "SELECT current_database()")).isEqualTo(fresh.database());

        server.dropDatabases();
        String remaining = "SELECT count(*) FROM pg_database WHERE datname = '" + fresh.database() + "'";
        assertThat(Sql.ask(real.jdbcUrl(), remaining)).isEqualTo("0");
    }

    @Test
    @DisplayName("is embedded when nothing is named, or when that is")
    void isEmbeddedOtherwise() {
        assertThat(PostgresServers.choose(Map.of(), List.of(), () -> EMBEDDED))
                .hasToString("embedded PostgreSQL at jdbc:postgresql://127.0.0.1:1/postgres");
        assertThat(PostgresServers.choose(Map.of(PostgresServers.BACKEND, "embedded"), List.of(), () -> EMBEDDED))
                .hasToString("embedded PostgreSQL at jdbc:postgresql://127.0.0.1:1/postgres");
    }

    @Test
    @DisplayName("comes from the source that QUOTA_TEST_BACKEND names, and no other source is started")
    void comesFromTheNamedSource() {
        Source containers = new Source("testcontainers");
        Source other = new Source("other");
        PostgresServer server = PostgresServers.choose(
                Map.of(PostgresServers.BACKEND, "testcontainers"), List.of(other, containers), () -> EMBEDDED);
        assertThat(server).hasToString("testcontainers PostgreSQL at jdbc:postgresql://127.0.0.1:2/test");
        assertThat(containers.started).isTrue();
        assertThat(other.started).isFalse();
    }

    @Test
    @DisplayName("is refused with a list of what there is when the named source is not on the class path")
    void refusesAnUnknownSource() {
        assertThatThrownBy(() -> PostgresServers.choose(
                        Map.of(PostgresServers.BACKEND, "testcontainers"),
                        List.of(new Source("other")),
                        () -> EMBEDDED))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll(
                        "QUOTA_TEST_BACKEND", "'testcontainers'", "[embedded, other]", "PostgresSource");
    }

    @Test
    @DisplayName("is refused by name, without its password, when its address cannot be understood or reached")
    void refusesABadAddress() {
        assertThatThrownBy(() -> PostgresServers.choose(
                        Map.of(PostgresServers.ADDRESS, "jdbc:mysql://h/db?password=secret"),
                        List.of(),
                        () -> EMBEDDED))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_JDBC_URL", "jdbc:mysql://h/db")
                .hasMessageNotContaining("secret");
        String nobodyThere = "jdbc:postgresql://127.0.0.1:1/db?user=u&password=secret";
        PostgresServer server =
                PostgresServers.choose(Map.of(PostgresServers.ADDRESS, nobodyThere), List.of(), () -> EMBEDDED);
        assertThatThrownBy(server::freshDatabaseUrl)
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/db")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("can be one from a container, and says which profile brings the library when that is not there")
    void knowsContainers() {
        assertThat(ServiceLoader.load(PostgresSource.class))
                .extracting(PostgresSource::name)
                .containsExactly("testcontainers");
        PostgresSource withoutLibrary = new Source("testcontainers") {
            @Override
            public String start() {
                throw new NoClassDefFoundError("org/testcontainers/Container");
            }
        };
        assertThatThrownBy(() -> PostgresServers.choose(
                        Map.of(PostgresServers.BACKEND, "testcontainers"), List.of(withoutLibrary), () -> EMBEDDED))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_BACKEND", "-Ptestcontainers");
    }

    private static class Source implements PostgresSource {
        private final String name;
        private boolean started;

        private Source(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String start() {
            started = true;
            return "jdbc:postgresql://127.0.0.1:2/test?user=test&password=secret";
        }

        @Override
        public void stop() {
            started = false;
        }
    }
}
