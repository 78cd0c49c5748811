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
    @DisplayName("is the one that QUOTA_TEST_JDBC_URL names; its databases can be dropped again")
    void isTheOneOfTheAddress() throws SQLException {
        PostgresUrl real = PostgresUrl.parse(PostgresServers.shared().freshDatabaseUrl());
        PostgresServer server = at(real.jdbcUrl());
        assertThat(server).hasToString("the PostgreSQL of QUOTA_TEST_JDBC_URL at " + real);
        PostgresUrl fresh = PostgresUrl.parse(server.freshDatabaseUrl());
        assertThat(fresh.withDatabase(real.database())).isEqualTo(real);
        assertThat(Sql.ask(fresh.jdbcUrl(), "SELECT current_database()")).isEqualTo(fresh.database());

        server.dropDatabases();
        String remaining = "SELECT count(*) FROM pg_database WHERE datname = '" + fresh.database() + "'";
        assertThat(Sql.ask(real.jdbcUrl(), remaining)).isEqualTo("0");
    }

    @Test
    @DisplayName("is refused by name, without its password, when its address cannot be understood or reached")
    void refusesABadAddress() {
        assertThatThrownBy(() -> at("jdbc:mysql://h/db?password=secret"))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_JDBC_URL", "jdbc:mysql://h/db")
                .hasMessageNotContaining("secret");
        PostgresServer server = at("jdbc:postgresql://127.0.0.1:1/db?user=u&password=secret");
        assertThatThrownBy(server::freshDatabaseUrl)
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/db")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("can be one from a container")
    void knowsContainers() {
        assertThat(ServiceLoader.load(PostgresSource.class))
                .extracting(PostgresSource::name)
                .containsExactly("testcontainers");
    }

    private static PostgresServer at(String address) {
        return PostgresServers.of(PostgresServers.CHOICE.choose(Map.of(PostgresServers.ADDRESS, address), List.of()));
    }
}
