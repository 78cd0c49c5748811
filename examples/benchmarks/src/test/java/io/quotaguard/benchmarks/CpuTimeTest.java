package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.testbed.PostgresServers;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Processor time")
class CpuTimeTest {
    @Test
    @DisplayName("counts the server's processes with the one that started them")
    void countsTheServer() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(PostgresServers.shared().freshDatabaseUrl());
            pool.setMaximumPoolSize(1);
            BenchmarkDatabase database = new BenchmarkDatabase(pool);
            CpuTime.Meter meter = new CpuTime.Meter(List.of(database.serverPid()));
            CpuTime before = meter.now();
            assumeFalse(Double.isNaN(before.serverNanos()), "a server on this machine, which has /proc");
            // So long by the clock that even a process which hardly gets a core works for some ticks.
            database.number("""
                    WITH RECURSIVE busy(until) AS (
                        SELECT clock_timestamp() + interval '0.2 s'
                        UNION ALL SELECT until FROM busy WHERE clock_timestamp() < until)
                    SELECT count(*) FROM busy
                    """);
            assertThat(meter.now().since(before).serverNanos()).isPositive();
        }
    }

    @Test
    @DisplayName("is not known of a process that is no PostgreSQL server")
    void isNotKnown() {
        CpuTime.Meter meter = new CpuTime.Meter(List.of(ProcessHandle.current().pid()));
        assertThat(meter.now().serverNanos()).isNaN();
        assertThat(meter.now().jvmNanos()).isPositive();
    }
}
