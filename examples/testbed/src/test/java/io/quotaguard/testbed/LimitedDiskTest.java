package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An embedded PostgreSQL on a disk of its own")
class LimitedDiskTest {
    @BeforeEach
    void mayMount() {
        assumeTrue(EmbeddedPostgres.hasLimitedDisks(), "this user may mount no disk here");
    }

    @Test
    @DisplayName("takes nothing new while its disk is full, and everything once there is room again")
    void full() throws SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.startOnLimitedDisk(List.of())) {
            String url = server.jdbcUrl();
            Sql.run(url, "CREATE TABLE t (words text)");
            String insert = "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 500)";

            server.fillDisk();
            assertThatThrownBy(() -> Sql.run(url, insert)).hasMessageContaining("No space left on device");
            server.freeDisk();
            if (!server.isRunning()) {
                server.restart();
            }
            Sql.run(url, insert);

            assertThat(Sql.ask(url, "SELECT count(*) FROM t")).isEqualTo("500");
        }
    }

    @Test
    @DisplayName("keeps over a kill what was committed")
    void killed() throws SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.startOnLimitedDisk(List.of())) {
            Sql.run(server.jdbcUrl(), "CREATE TABLE t AS SELECT 1 AS one");

            server.kill();
            server.restart();

            assertThat(Sql.ask(server.jdbcUrl(), "SELECT one FROM t")).isEqualTo("1");
        }
    }
}
