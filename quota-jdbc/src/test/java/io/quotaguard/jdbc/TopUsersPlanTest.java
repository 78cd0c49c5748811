package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How the ledger is read for a span of time alone. */
class TopUsersPlanTest {
    @Test
    @DisplayName("who used most in an hour is told from that hour's pages, not from the whole ledger")
    void readsTheSpanAlone() {
        try (TestDatabase database = TestDatabase.migrated()) {
            database.run(
                    "INSERT INTO quotaguard.usage_record (dedup, subject, feature, window_start, window_end, operation,"
                            + " amount, used_after, held_after, limit_units, source, source_version, key, fingerprint, degraded,"
                            + " recorded_at)"
                            + " SELECT gen_random_uuid(), 'subject ' || n % 100, 'f', 'epoch', 'infinity', 'RECORD',"
                            + " 1, 1, 0, -1, 'PLAN', 1, n::text, 17, false, timestamptz 'epoch' + n * interval '1 minute'"
                            + " FROM generate_series(0, 39999) n");
            database.run("VACUUM ANALYZE quotaguard.usage_record");
            String scans = "SELECT concat_ws(' ', seq_scan, (SELECT idx_scan FROM pg_stat_user_indexes"
                    + " WHERE indexrelname = 'usage_record_by_time')) FROM pg_stat_user_tables"
                    + " WHERE relname = 'usage_record'";
            String before = database.ask(scans);
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                // Often enough for the driver and the server to settle on a plan that knows no values.
                for (int i = 0; i < 20; i++) {
                    assertThat(store.ledger()
                                    .top(
                                            "f",
                                            Instant.EPOCH.plus(Duration.ofDays(i)),
                                            Instant.EPOCH.plus(
                                                    Duration.ofDays(i).plusHours(1)),
                                            100,
                                            Commands.soon()))
                            .hasSize(60);
                }
            }
            String[] counts = before.split(" ", 2);
            database.awaitAnswer(scans, counts[0] + " " + (Long.parseLong(counts[1]) + 20));
        }
    }
}
