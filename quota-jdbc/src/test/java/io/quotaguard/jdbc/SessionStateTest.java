package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.testing.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a pooler in transaction mode asks of its clients: the next transaction may be anybody's, on the same session. */
class SessionStateTest {
    private static final Change BY = Change.by("admin");

    /** Everything that a session may carry from one transaction to the next. */
    private static final String STATE = """
            SELECT 'setting ' || name || ' = ' || setting FROM pg_settings
             WHERE source = 'session' AND name <> 'application_name'
            UNION ALL SELECT 'listens to ' || c FROM pg_listening_channels() c
            UNION ALL SELECT 'holds ' || locktype FROM pg_locks
             WHERE pid = pg_backend_pid() AND locktype = 'advisory'
            UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE is_holdable
            UNION ALL SELECT 'temporary ' || relname FROM pg_class WHERE relpersistence = 't'
            """;

    @Test
    @DisplayName("G4: after every kind of call the session carries nothing, so that a pooler may hand it to anybody")
    void nothingIsLeft() throws SQLException {
        try (TestDatabase database = TestDatabase.migrated();
                HikariDataSource one = TestDatabase.pool(database.url(), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(one);
                QuotaGuard quota = QuotaGuard.builder(store)
                        .timeout(Duration.ofSeconds(30))
                        .catalogPollInterval(Duration.ofMillis(50))
                        .build()) {
            List<String> before = state(one);

            live(quota);

            assertThat(state(one)).isEqualTo(before);
        }
    }

    @Test
    @DisplayName(
            "R25, G4: without hints, and after the listening connection was cut, a change reaches a node that looks")
    void withoutHints() throws SQLException {
        try (TestDatabase database = TestDatabase.migrated();
                HikariDataSource listening = TestDatabase.pool(database.url() + "&ApplicationName=hints", 1);
                JdbcQuotaStore deaf = JdbcQuotaStore.create(database.dataSource());
                JdbcQuotaStore hearing = JdbcQuotaStore.builder(database.dataSource())
                        .changeHints(listening)
                        .build()) {
            AtomicInteger told = new AtomicInteger();
            try (QuotaGuard quota = looking(deaf, told);
                    QuotaGuard other = looking(hearing, told)) {
                Await.until("both look", () -> {
                    quota.plans().setDefault(null, BY);
                    return told.get() >= 4;
                });
                database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hints'");
                int before = told.get();

                live(quota);

                Await.until("both were told of all five", () -> told.get() >= before + 10);
                assertThat(other.check("user-42", "articles").limit().units()).isEqualTo(7);
            }
        }
    }

    private static QuotaGuard looking(JdbcQuotaStore store, AtomicInteger told) {
        return QuotaGuard.builder(store)
                .timeout(Duration.ofSeconds(30))
                .catalogPollInterval(Duration.ofMillis(50))
                .planChangeListener(change -> told.incrementAndGet())
                .build();
    }

    /** Five changes of the catalog, and every kind of call between them. */
    private static void live(QuotaGuard quota) {
        Plan free = quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", 5, ResetPeriod.DAILY)
                                .build(),
                        BY);
        quota.subscriptions().subscribe("user-42", "free", BY);
        quota.checkAndRecord(Usage.of("user-42", "articles").amount(5).key("k"));
        quota.checkAndRecord(Usage.of("user-42", "articles").amount(5).key("k"));
        quota.checkAndRecord("user-42", "articles");
        quota.checkAndRecordAll(List.of(Usage.of("user-42", "articles"), Usage.of("nobody", "articles")));
        quota.check("user-42", "articles");
        quota.overview("user-42");
        quota.plans().update(free.withFallback(null), BY);
        quota.subscriptions().override(FeatureOverride.ofLimit("user-42", "articles", 7), BY);
        quota.plans().preview(quota.plans().get("free").orElseThrow(), Duration.ofSeconds(30));
        quota.reset("user-42", "articles", BY);
        quota.usage().records(UsageQuery.of("user-42"));
        quota.usage().verify(Duration.ofSeconds(30));
        quota.alerts().unsent("user-42", 10);
        quota.audit().changes(CatalogQuery.all());
        quota.plans().setDefault("free", BY);
    }

    private static List<String> state(HikariDataSource pool) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(STATE)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
