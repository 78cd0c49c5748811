package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Pruned;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import io.quotaguard.model.Window;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a role can do that was given what the library asks for, and nothing else. */
class GrantsTest {
    private static final String ROLE = "app \"x\" {role}";
    private static final String QUOTED = '"' + ROLE.replace("\"", "\"\"") + '"';

    private static final String UPKEEP = "\"upkeep\"";

    private final TestDatabase database = TestDatabase.migrated();
    private final HikariDataSource pool = poolOf(QUOTED);

    private HikariDataSource poolOf(String role) {
        database.run("DO $$ BEGIN CREATE ROLE " + role + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        // What PUBLIC may do by default must not be what makes it work.
        database.run("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA quotaguard FROM PUBLIC");
        database.run(
                role.equals(UPKEEP)
                        ? QuotaSchema.maintenanceGrants("quotaguard", "upkeep")
                        : QuotaSchema.grants("quotaguard", ROLE));
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setConnectionInitSql("SET ROLE " + role);
        return new HikariDataSource(config);
    }

    @AfterEach
    void close() {
        pool.close();
        database.run("DROP OWNED BY " + QUOTED);
        database.run("DO $$ BEGIN DROP OWNED BY upkeep; EXCEPTION WHEN undefined_object THEN NULL; END $$");
        database.close();
    }

    @Test
    @DisplayName("with the granted rights alone the whole life of a catalog and its counters works")
    void everythingWorks() throws SQLException {
        try (JdbcQuotaStore store =
                JdbcQuotaStore.builder(pool).changeHints(pool).build()) {
            store.catalog().onHint(() -> {});
            assertThat(Catalogs.save(store, "a", null)).isInstanceOf(Applied.class);
            assertThat(Catalogs.save(store, "b", "a")).isInstanceOf(Applied.class);
            assertThat(Catalogs.save(store, "b", "a")).isInstanceOf(Applied.class);
            assertThat(Catalogs.makeDefault(store, "a")).isInstanceOf(Applied.class);
            assertThat(Catalogs.makeDefault(store, "b")).isInstanceOf(Applied.class);
            Term term = Term.until(Catalogs.START.plus(Duration.ofDays(3_000))).thenPlan("a");
            Subscription first = Subscription.to("u", Catalogs.now("b", Catalogs.START), term, Cadence.DEFAULT);
            assertThat(Catalogs.subscribe(store, first)).isInstanceOf(Applied.class);
            assertThat(Catalogs.subscribe(store, first.withTerm(term.cancelled(Catalogs.START))))
                    .isInstanceOf(Applied.class);
            assertThat(Catalogs.override(store, FeatureOverride.ofLimit("u", "f", 9)))
                    .isInstanceOf(Applied.class);
            CatalogCommand realigning = new CatalogCommand.SaveOverride(
                    "v", "f", null, 0, List.of(Commands.line("v", "f", 0, 3)), Catalogs.TEST);
            assertThat(Catalogs.apply(store, realigning)).isInstanceOf(Applied.class);
            use(store);
            assertThat(Catalogs.delete(store, "b", "a")).isInstanceOf(Applied.class);
            readEverything(store);
        }
    }

    @Test
    @DisplayName("with the granted rights alone grants and pools are changed, and all of the ledger is read")
    void grantsAndPools() {
        LedgerRow.use("u", 3).key("k").into(database);
        try (JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            Line line = Commands.line("u", "f", 0, 10);
            assertThat(Catalogs.grant(store, Grant.of("u", "f", 5), line)).isInstanceOf(Applied.class);
            long id = store.catalog()
                    .grants("u", null, Commands.soon())
                    .get(0)
                    .grant()
                    .id();
            assertThat(Catalogs.voidGrant(store, "u", id, line)).isInstanceOf(Applied.class);
            assertThat(Catalogs.pool(store, "u", "team")).isInstanceOf(Applied.class);
            assertThat(store.catalog().members("team", null, 10, Commands.soon()))
                    .containsExactly("u");
            assertThat(Catalogs.pool(store, "u", null)).isInstanceOf(Applied.class);

            LedgerStore ledger = store.ledger();
            Instant end = Catalogs.START.plusSeconds(1);
            assertThat(ledger.use("u", "f", "k", Commands.soon())).hasSize(1);
            assertThat(ledger.reservation(UUID.randomUUID(), Commands.soon())).isEmpty();
            assertThat(ledger.sums("u", null, List.of(Catalogs.START, end), Commands.soon()))
                    .hasSize(1);
            assertThat(ledger.top("f", Catalogs.START, end, 10, Commands.soon()))
                    .hasSize(1);
            assertThat(ledger.pace("u", "f", Window.PERMANENT, Commands.soon()).units())
                    .isEqualTo(3);
            assertThat(ledger.shares("u", "f", Window.PERMANENT, 10, Commands.soon()))
                    .hasSize(1);
        }
    }

    private void use(JdbcQuotaStore store) throws SQLException {
        assertThat(Commands.run(store, Commands.record(Commands.line("w", "f", 9, 10))))
                .isInstanceOf(Outcome.Accepted.class);
        assertThat(Commands.run(store, Commands.of(Operation.CHECK, "c", Commands.line("w", "f", 2, 10))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(Commands.run(
                        store, Commands.record(Commands.line("w", "f", 1, 10), Commands.line("refused", "f", 1, 0))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(Commands.run(store, Commands.of(Operation.RESET, "r", Commands.line("w", "f", 0, 10))))
                .isInstanceOf(Outcome.Accepted.class);
        var claimed = store.alerts().claim("me", 10, Duration.ofMinutes(1), Commands.soon());
        assertThat(claimed).hasSize(1);
        database.corrupt("w", "f", 3);
        assertThat(store.ledger().repair(Catalogs.TEST, Commands.soon())).hasSize(1);
        run("SELECT * FROM quotaguard.record_feature_usage('psql', 'f', 1)");
        run("SELECT * FROM quotaguard.check_user_quota('psql', 'f', 1)");
        run("SELECT * FROM quotaguard.quota_overview");
    }

    private static void readEverything(JdbcQuotaStore store) {
        assertThat(store.catalog().plans(Commands.soon())).hasSize(1);
        assertThat(store.catalog().versions("b", Commands.soon())).hasSize(3);
        assertThat(store.catalog().overrides(OverrideQuery.all(), Commands.soon()))
                .hasSize(1);
        assertThat(store.catalog().subscribers("a", null, 10, Commands.soon()))
                .as("who has it, and who comes to it by the deleted default")
                .hasSize(3);
        assertThat(store.catalog().usage("u", Commands.soon()).catalog().plans())
                .hasSize(2);
        assertThat(store.catalog().history(CatalogQuery.all(), Commands.soon())).hasSize(11);
        String cursor = store.catalog().changes(null, 10, Commands.soon()).cursor();
        assertThat(store.catalog().changes(cursor, 10, Commands.soon()).entries())
                .isEmpty();
    }

    @Test
    @DisplayName("H3: the ledger and the audit cannot be edited or emptied, and the schema cannot be changed")
    void nothingElse() {
        for (String table : List.of("catalog_change", "usage_record")) {
            assertRefused("UPDATE quotaguard." + table + " SET id = DEFAULT");
            assertRefused("DELETE FROM quotaguard." + table);
            assertRefused("TRUNCATE quotaguard." + table);
            assertRefused("DROP TABLE quotaguard." + table);
        }
        assertRefused("CREATE TABLE quotaguard.mine (id int)");
        assertRefused("ALTER TABLE quotaguard.usage_counter ADD COLUMN mine int");
        assertRefused("UPDATE quotaguard.schema_info SET version = 0");
        assertRefused("UPDATE quotaguard.plan_version SET status = 'ACTIVE'");
        assertRefused("DELETE FROM quotaguard.plan");
        assertRefused("DELETE FROM quotaguard.quota_alert");
    }

    @Test
    @DisplayName(
            "H3: purging is refused to the application's role, with the advice that helps, and works as the other's")
    void purgeNeedsRights() {
        Instant later = Instant.now().plus(Duration.ofDays(1));
        try (JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                HikariDataSource upkeep = poolOf(UPKEEP)) {
            Commands.run(store, Commands.record(Commands.line("w", "f", 9, 10)));
            assertThat(store.alerts().markSent(List.of(1L), Commands.soon())).isEqualTo(1);
            assertThatThrownBy(() -> store.alerts().purge(later, 10, Commands.soon()))
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("could not purge alerts")
                    .hasMessageContaining("maintenance(…)");
            try (JdbcQuotaStore both =
                    JdbcQuotaStore.builder(pool).maintenance(upkeep).build()) {
                assertThat(both.alerts().purge(later, 10, Commands.soon())).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName(
            "H3: removing windows is refused to the application's role, and works as the other's; the audit needs the owner")
    void maintenanceNeedsRights() {
        Window ended = new Window(Catalogs.START.minus(Duration.ofDays(9)), Catalogs.START.minus(Duration.ofDays(8)));
        LedgerRow.use("u", 3).in(ended).into(database);
        database.run("INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end, used)"
                + " SELECT subject, feature, window_start, window_end, amount FROM quotaguard.usage_record");
        try (HikariDataSource upkeep = poolOf(UPKEEP);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                JdbcQuotaStore both =
                        JdbcQuotaStore.builder(pool).maintenance(upkeep).build()) {
            assertThatThrownBy(() ->
                            store.maintenance().windows(Duration.ofDays(1)).step(Commands.soon()))
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("could not remove closed windows")
                    .hasMessageContaining("maintenance(…)");
            assertThat(both.maintenance().windows(Duration.ofDays(1)).step(Commands.soon()))
                    .isEqualTo(new Pruned(1, 1, 0, 0, 0, true));
            assertThatThrownBy(
                            () -> both.maintenance().audit(Duration.ofDays(1)).step(Commands.soon()))
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("catalog_change");
        }
    }

    @Test
    @DisplayName("H3: the role of maintenance can neither edit the ledger nor touch the audit and the catalog")
    void maintenanceRole() throws SQLException {
        try (HikariDataSource upkeep = poolOf(UPKEEP)) {
            for (String sql : List.of(
                    "UPDATE quotaguard.usage_record SET amount = 0",
                    "INSERT INTO quotaguard.usage_record DEFAULT VALUES",
                    "TRUNCATE quotaguard.usage_record",
                    "DELETE FROM quotaguard.catalog_change",
                    "UPDATE quotaguard.catalog_change SET actor = 'x'",
                    "INSERT INTO quotaguard.usage_counter DEFAULT VALUES",
                    "UPDATE quotaguard.usage_grant SET units_left = 1",
                    "DELETE FROM quotaguard.plan",
                    "CREATE TABLE quotaguard.mine (id int)")) {
                assertRefused(upkeep, sql);
            }
        }
    }

    @Test
    @DisplayName("a role's name is a name, whatever it holds, and never SQL")
    void roleNames() {
        assertThat(QuotaSchema.grants("billing", "a\"; DROP SCHEMA billing; --"))
                .contains("TO \"a\"\"; DROP SCHEMA billing; --\";")
                .contains("billing.usage_record")
                .doesNotContain("${");
        assertThatThrownBy(() -> QuotaSchema.grants("Bad", "r")).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThatThrownBy(() -> QuotaSchema.grants("billing", "")).isInstanceOf(InvalidQuotaArgumentException.class);
    }

    private void assertRefused(String sql) {
        assertRefused(pool, sql);
    }

    private static void assertRefused(HikariDataSource source, String sql) {
        assertThatThrownBy(() -> run(source, sql))
                .as(sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    private void run(String sql) throws SQLException {
        run(pool, sql);
    }

    private static void run(HikariDataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
