package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** How a database gets the schema, and what is said when it has another. */
class QuotaSchemaTest {
    private static final int NEEDED = SchemaVersion.NEEDED;

    private final TestDatabase database = TestDatabase.empty();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    @DisplayName("ten nodes migrate at once, and once more, without harm")
    void tenNodes() throws Exception {
        ExecutorService nodes = Executors.newFixedThreadPool(10);
        try {
            for (int round = 0; round < 2; round++) {
                List<CompletableFuture<Integer>> migrations = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    migrations.add(
                            CompletableFuture.supplyAsync(() -> QuotaSchema.migrate(plain(database.url())), nodes));
                }
                for (CompletableFuture<Integer> migration : migrations) {
                    assertThat(migration.get()).isEqualTo(NEEDED);
                }
            }
        } finally {
            nodes.shutdownNow();
        }
        assertThat(database.ask("SELECT count(*) FROM quotaguard.quota_schema_history WHERE success AND type = 'SQL'"))
                .isEqualTo(Integer.toString(NEEDED));
        assertWorks(database, "quotaguard");
    }

    @Test
    @DisplayName("a missing schema is named, with what to call")
    void missing() {
        assertThat(QuotaSchema.currentVersion(database.dataSource())).isZero();
        assertThatThrownBy(() -> JdbcQuotaStore.create(database.dataSource()))
                .isInstanceOfSatisfying(QuotaSchemaException.class, e -> {
                    assertThat(e.found()).isZero();
                    assertThat(e.needed()).isEqualTo(NEEDED);
                })
                .hasMessageContaining("QuotaSchema.migrate");
    }

    @Test
    @DisplayName("an older schema is refused by the store, and a newer one by the migration too")
    void otherVersions() {
        QuotaSchema.migrate(database.dataSource());
        database.run("UPDATE quotaguard.schema_info SET version = " + (NEEDED - 1));
        assertThatThrownBy(() -> JdbcQuotaStore.create(database.dataSource()))
                .isInstanceOf(QuotaSchemaException.class)
                .hasMessageContaining("version " + (NEEDED - 1))
                .hasMessageContaining("version " + NEEDED);

        database.run("UPDATE quotaguard.schema_info SET version = " + (NEEDED + 1));
        assertThatThrownBy(() -> JdbcQuotaStore.create(database.dataSource()))
                .isInstanceOf(QuotaSchemaException.class)
                .hasMessageContaining("newer");
        assertThatThrownBy(() -> QuotaSchema.migrate(database.dataSource()))
                .isInstanceOf(QuotaSchemaException.class)
                .hasMessageContaining("newer");
    }

    @Test
    @DisplayName("a person can run the script instead, in a schema of another name, and migrate later")
    void script() {
        database.run(QuotaSchema.script("billing_quota"));

        assertThat(QuotaSchema.currentVersion(database.dataSource(), "billing_quota"))
                .isEqualTo(NEEDED);
        assertThat(QuotaSchema.migrate(database.dataSource(), "billing_quota")).isEqualTo(NEEDED);
        assertWorks(database, "billing_quota");
    }

    @Test
    @DisplayName("the host's own Flyway can run the migrations, beside the host's tables")
    void hostsFlyway() {
        database.run("CREATE TABLE public.article (id bigint)");
        Flyway.configure()
                .dataSource(database.dataSource())
                .locations("classpath:io/quotaguard/jdbc/migration")
                .placeholders(Map.of("quota_schema", "quotaguard"))
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
        assertWorks(database, "quotaguard");
    }

    @Test
    @DisplayName("a name that could say more than a name is refused")
    void badName() {
        for (String name : List.of("", "Quota", "a-b", "x; DROP SCHEMA public", "1a", "a".repeat(64))) {
            assertThatThrownBy(() -> QuotaSchema.script(name)).isInstanceOf(InvalidQuotaArgumentException.class);
        }
    }

    @Test
    @DisplayName("a database that cannot be reached is told as such, in bounded time")
    void unreachable() {
        try (HikariDataSource nowhere = lazyPool("jdbc:postgresql://127.0.0.1:1/none?user=postgres")) {
            assertThatThrownBy(() -> JdbcQuotaStore.builder(nowhere)
                            .startupTimeout(Duration.ofMillis(500))
                            .build())
                    .isInstanceOf(QuotaUnavailableException.class);
        }
        assertThatThrownBy(() -> JdbcQuotaStore.create(plain("jdbc:postgresql://127.0.0.1:1/none?user=postgres")))
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("refused");
    }

    @Test
    @DisplayName("H3: no function runs with its owner's rights, and each pins the search path or needs none")
    void functionsAreHarmless() {
        QuotaSchema.migrate(database.dataSource());
        String functions =
                "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'quotaguard'";
        assertThat(database.ask("SELECT count(*) " + functions + " AND prosecdef"))
                .isEqualTo("0");
        assertThat(database.ask("SELECT string_agg(proname, ',') " + functions
                        + " AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(proconfig, '{}'))"))
                .isEqualTo("quota_now");
    }

    private static void assertWorks(TestDatabase database, String schema) {
        try (JdbcQuotaStore store =
                JdbcQuotaStore.builder(database.dataSource()).schema(schema).build()) {
            assertThat(Commands.run(store, Commands.record(Commands.line("u", "f", 1, 10))))
                    .isInstanceOf(Outcome.Accepted.class);
        }
    }

    private static PGSimpleDataSource plain(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        return source;
    }

    private static HikariDataSource lazyPool(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        return pool;
    }
}
