package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.spi.Command;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Uses write no index of the counters: each is a new version of a row on the page of the old one. */
class HotUpdateTest {
    private static final int COUNTERS = 5;
    private static final int ROUNDS = 200;

    @Test
    @DisplayName("nearly every update of a counter is heap-only, those of single uses and those of lists")
    void heapOnly() {
        try (TestDatabase database = TestDatabase.migrated()) {
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                for (int i = 0; i < ROUNDS; i++) {
                    List<Command> list = new ArrayList<>();
                    for (int j = 0; j < COUNTERS; j++) {
                        Commands.accept(store, use(j));
                        list.add(use(j));
                        list.add(use(j));
                    }
                    store.execute(list, Commands.soon());
                }
            }
            // The session has ended, and with it its counts are published.
            database.awaitAnswer(
                    "SELECT n_tup_upd >= " + 2 * COUNTERS * (ROUNDS - 1)
                            + " FROM pg_stat_user_tables WHERE relid = 'quotaguard.usage_counter'::regclass",
                    "t");
            assertThat(database.ask("SELECT n_tup_hot_upd >= 0.95 * n_tup_upd FROM pg_stat_user_tables"
                            + " WHERE relid = 'quotaguard.usage_counter'::regclass"))
                    .isEqualTo("t");
        }
    }

    @Test
    @DisplayName("no index of the counters has a column that changes")
    void nothingThatChangesIsIndexed() {
        try (TestDatabase database = TestDatabase.migrated()) {
            assertThat(database.ask("""
                    SELECT string_agg(DISTINCT a.attname, ' ' ORDER BY a.attname)
                      FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid
                     WHERE i.indrelid = 'quotaguard.usage_counter'::regclass
                    """)).isEqualTo("feature id subject window_end window_start");
            assertThat(database.ask("""
                    SELECT count(*) FROM pg_index i
                     WHERE i.indrelid = 'quotaguard.usage_counter'::regclass
                       AND pg_get_indexdef(i.indexrelid)
                           ~ '\\m(used|held|fired|generation|burned|held_until|last_reset)\\M'
                    """))
                    .as("nor is one in the condition of an index")
                    .isEqualTo("0");
        }
    }

    private static Command use(int subject) {
        return Commands.record(Commands.line("subject " + subject, "f", 1, 1_000_000));
    }
}
