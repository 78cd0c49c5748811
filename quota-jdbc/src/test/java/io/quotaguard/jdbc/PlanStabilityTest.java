package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.spi.Command;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Plans that must not flip while the tables grow and their statistics do not. */
class PlanStabilityTest {
    private static final int ROWS = 20_000;

    @Test
    @DisplayName("a ledger that fills without ANALYZE is never read from end to end by a decision")
    void keysAreLookedUpByIndex() {
        try (TestDatabase database = TestDatabase.migrated()) {
            // The worst case: statistics that say the tables are tiny, and connections that planned on them.
            database.run("ALTER TABLE quotaguard.usage_record SET (autovacuum_enabled = off);"
                    + " ALTER TABLE quotaguard.usage_counter SET (autovacuum_enabled = off)");
            long scansBefore;
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                run(store, 1, 3);
                database.run("ANALYZE quotaguard.usage_record; ANALYZE quotaguard.usage_counter");
                scansBefore = scans(database);
                run(store, 2, 10);
                run(store, 200, ROWS / 200);
                run(store, 1, 50);
                run(store, 3, 50);
            }
            // The session has ended, and with it its counts are published.
            database.awaitAnswer("SELECT idx_scan > 1000 FROM pg_stat_user_tables WHERE relname = 'usage_record'", "t");
            assertThat(scans(database) - scansBefore).isZero();
        }
    }

    private static void run(JdbcQuotaStore store, int size, int times) {
        for (int i = 0; i < times; i++) {
            List<Command> commands = new ArrayList<>();
            for (int j = 0; j < size; j++) {
                commands.add(Commands.record(Commands.line("subject " + j % 100, "f", 1, -1)));
            }
            store.execute(commands, Commands.soon());
        }
    }

    private static long scans(TestDatabase database) {
        return Long.parseLong(database.ask(
                "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('usage_record', 'usage_counter')"));
    }
}
