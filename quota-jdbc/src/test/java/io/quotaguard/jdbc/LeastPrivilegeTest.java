package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.QuotaUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two applications in one database, each with a schema and a role of its own: what each can do, and cannot. */
class LeastPrivilegeTest {
    private static final TestDatabase database = TestDatabase.empty();
    private static HikariDataSource one;
    private static HikariDataSource two;

    @BeforeAll
    static void migrate() {
        one = migrated("one");
        two = migrated("two");
    }

    private static HikariDataSource migrated(String schema) {
        QuotaSchema.migrate(database.dataSource(), schema);
        String role = "app_" + schema;
        database.run("DO $$ BEGIN CREATE ROLE " + role + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        database.run(QuotaSchema.grants(schema, role));
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(3);
        config.setMinimumIdle(0);
        config.setConnectionInitSql("SET ROLE " + role);
        return new HikariDataSource(config);
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
        database.close();
    }

    @Test
    @DisplayName("H3: with the granted rights alone everything works, and of two schemas each counts for itself")
    void everythingWorks() throws SQLException {
        live("one", one);
        long rows = rows("one");
        assertThat(rows).isPositive();
        assertThat(rows("two")).isZero();

        live("two", two);
        assertThat(rows("two")).isEqualTo(rows);
        assertThat(rows("one")).isEqualTo(rows);
    }

    private static void live(String schema, HikariDataSource pool) throws SQLException {
        try (JdbcQuotaStore store = JdbcQuotaStore.builder(pool).schema(schema).build();
                QuotaGuard quota = QuotaGuard.builder(store)
                        .timeout(Duration.ofSeconds(20))
                        .build()) {
            EveryOperation every = new EveryOperation(quota);
            every.changeCatalog();
            every.decide();
            every.join(pool);
            every.read();
        }
    }

    private static long rows(String schema) {
        return Long.parseLong(database.ask("SELECT count(*) FROM " + schema + ".usage_record"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE one.usage_record SET amount = 0",
                "UPDATE one.usage_record SET amount = 0 WHERE false",
                "DELETE FROM one.usage_record",
                "TRUNCATE one.usage_record",
                "SELECT * FROM one.usage_record FOR UPDATE",
                "UPDATE one.catalog_change SET actor = 'nobody'",
                "DELETE FROM one.catalog_change",
                "TRUNCATE one.catalog_change",
                "TRUNCATE one.usage_counter",
                "TRUNCATE one.quota_alert",
                "UPDATE one.plan_version SET status = 'ACTIVE'",
                "DELETE FROM one.plan_version",
                "DELETE FROM one.plan",
                "DELETE FROM one.subscriber",
                "INSERT INTO one.schema_info SELECT * FROM one.schema_info",
                "UPDATE one.schema_info SET version = 0",
                "DELETE FROM one.schema_info",
                "SELECT setval('one.usage_record_id_seq', 1)",
            })
    @DisplayName("H3: the rights do not reach to edit or empty the ledger and the audit, nor other rows that stay")
    void noEditing(String sql) {
        assertRefused(one, sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE one.mine (id int)",
                "CREATE FUNCTION one.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE OR REPLACE FUNCTION one.quota_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
                "CREATE VIEW one.mine AS SELECT 1",
                "CREATE SEQUENCE one.mine",
                "CREATE TYPE one.mine AS (id int)",
                "CREATE INDEX mine ON one.usage_record (key)",
                "CREATE TRIGGER mine BEFORE INSERT ON one.usage_record FOR EACH ROW EXECUTE FUNCTION one.quota_now()",
                "CREATE RULE mine AS ON INSERT TO one.usage_record DO INSTEAD NOTHING",
                "CREATE POLICY mine ON one.usage_record USING (false)",
                "ALTER TABLE one.usage_counter ADD COLUMN mine int",
                "ALTER TABLE one.usage_record DISABLE TRIGGER ALL",
                "ALTER FUNCTION one.quota_now() SET search_path = public",
                "ALTER SCHEMA one RENAME TO mine",
                "DROP TABLE one.usage_record",
                "DROP FUNCTION one.quota_now()",
                "DROP SCHEMA one CASCADE",
                "COMMENT ON TABLE one.usage_record IS 'mine'",
                "SET session_replication_role = 'replica'",
            })
    @DisplayName("H3: nor to change the schema")
    void noDdl(String sql) {
        assertRefused(one, sql);
    }

    @Test
    @DisplayName("H3: nor to be handed on, which PostgreSQL answers with no more than a warning")
    void noHandingOn() throws SQLException {
        run(one, "GRANT UPDATE ON one.usage_record TO app_one");
        run(one, "GRANT USAGE ON SCHEMA one TO app_two");
        assertThat(database.ask("SELECT has_table_privilege('app_one', 'one.usage_record', 'UPDATE')"))
                .isEqualTo("f");
        assertThat(database.ask("SELECT has_schema_privilege('app_two', 'one', 'USAGE')"))
                .isEqualTo("f");
    }

    @Test
    @DisplayName("H3: what is in one schema, the role of another can neither read, nor write, nor call")
    void namespaces() {
        String relations = database.ask("SELECT string_agg(c.relname, ' ') FROM pg_class c"
                + " WHERE c.relnamespace = 'two'::regnamespace AND c.relkind IN ('r', 'v')");
        assertThat(relations).contains("usage_record", "usage_counter", "quota_overview");
        for (String relation : relations.split(" ", -1)) {
            assertRefused(one, "SELECT * FROM two." + relation);
            assertRefused(one, "INSERT INTO two." + relation + " SELECT * FROM two." + relation);
            assertRefused(one, "DELETE FROM two." + relation);
        }
        assertRefused(one, "SELECT two.quota_now()");
        assertRefused(one, "SELECT * FROM two.record_feature_usage('u', 'f', 1)");
        assertThatThrownBy(() -> JdbcQuotaStore.builder(one).schema("two").build())
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("two");
        assertRefused(two, "SELECT * FROM one.usage_record");
        assertRefused(two, "SELECT one.quota_now()");
    }

    private static void assertRefused(HikariDataSource role, String sql) {
        assertThatThrownBy(() -> run(role, sql))
                .as(sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    private static void run(HikariDataSource role, String sql) throws SQLException {
        try (Connection connection = role.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
