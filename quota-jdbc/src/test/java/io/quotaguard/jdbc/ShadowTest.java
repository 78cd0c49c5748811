package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What somebody can do who may create objects where the library does not look: in {@code public}, even where a host's search
 * path has it before the server's own schema, and among a session's temporary objects.
 */
class ShadowTest {
    private static final String ROLE = "shadowed_app";

    /** In the place of every function and operator that the schema's functions use, one that fails. */
    private static final String SHADOWS = """
            DO $do$
            DECLARE
                f record;
                n integer := 0;
            BEGIN
                FOR f IN
                    SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments,
                           pg_get_function_result(p.oid) AS result
                      FROM pg_proc p
                     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.provariadic = 0
                       AND EXISTS (SELECT FROM pg_proc own
                                    WHERE own.pronamespace = 'quotaguard'::regnamespace
                                      AND own.prosrc ~ ('\\m' || p.proname || '\\('))
                LOOP
                    BEGIN
                        EXECUTE format($f$CREATE FUNCTION public.%I(%s) RETURNS %s LANGUAGE plpgsql AS
                                       'BEGIN RAISE ''shadow'' USING ERRCODE = ''SH001''; END'$f$,
                                       f.proname, f.arguments, f.result);
                    EXCEPTION WHEN invalid_function_definition THEN NULL; -- no such type in a function of this language
                    END;
                END LOOP;
                FOR f IN
                    SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS result
                      FROM pg_operator o
                     WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b'
                       AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '||', '&', '|', '~', '~~',
                                         '->', '->>')
                       AND o.oprleft = ANY ('{text,int2,int4,int8,numeric,bool,uuid,timestamptz,timestamp,interval,jsonb,
                                              bytea,anyarray,anycompatiblearray,name,float8}'::regtype[])
                LOOP
                    n := n + 1;
                    EXECUTE format($f$CREATE FUNCTION public.shadow_%1$s(%2$s, %3$s) RETURNS %4$s LANGUAGE plpgsql AS
                                   'BEGIN RAISE ''shadow'' USING ERRCODE = ''SH001''; END';
                                   CREATE OPERATOR public.%5$s (LEFTARG = %2$s, RIGHTARG = %3$s, FUNCTION = public.shadow_%1$s)$f$,
                                   n, f.l, f.r, f.result, f.oprname);
                END LOOP;
                CREATE FUNCTION public.shadow(bigint, bigint) RETURNS bigint LANGUAGE plpgsql AS
                    'BEGIN RAISE ''shadow'' USING ERRCODE = ''SH001''; END';
                CREATE AGGREGATE public.sum(bigint) (SFUNC = public.shadow, STYPE = bigint, INITCOND = 0);
                CREATE AGGREGATE public.max(bigint) (SFUNC = public.shadow, STYPE = bigint, INITCOND = 0);
                FOR f IN SELECT c.relname FROM pg_class c
                          WHERE c.relnamespace = 'quotaguard'::regnamespace AND c.relkind = 'r' LOOP
                    EXECUTE format('CREATE TABLE public.%1$I (LIKE quotaguard.%1$I); GRANT ALL ON public.%1$I TO PUBLIC',
                                   f.relname);
                END LOOP;
            END
            $do$;
            """;

    private static final String TEMPORARY = """
            DO $do$
            DECLARE
                t text;
            BEGIN
                FOREACH t IN ARRAY ARRAY['usage_counter', 'usage_record', 'plan', 'subscriber', 'default_plan', 'quota_alert',
                                         'reservation', 'reservation_line', 'usage_grant', 'catalog_change'] LOOP
                    EXECUTE format('CREATE TEMPORARY TABLE %1$I (LIKE quotaguard.%1$I)', t);
                END LOOP;
                CREATE FUNCTION pg_temp.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz';
                CREATE FUNCTION pg_temp.quota_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz';
            END
            $do$;
            """;

    private final TestDatabase database = TestDatabase.migrated();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    @DisplayName("H3: every function runs with its caller's rights and a search path of its own")
    void functionsArePinned() {
        assertThat(database.ask("""
                SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p
                 WHERE p.pronamespace = 'quotaguard'::regnamespace
                   AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
                """)).as("which leaves nothing to look up").isEqualTo("quota_now");
        assertThat(database.ask("SELECT prosrc FROM pg_proc WHERE pronamespace = 'quotaguard'::regnamespace"
                        + " AND proname = 'quota_now'"))
                .isEqualTo(" SELECT pg_catalog.clock_timestamp() ");
        assertThat(database.ask("SELECT count(*) FROM pg_proc WHERE pronamespace = 'quotaguard'::regnamespace"
                        + " AND prosecdef"))
                .isEqualTo("0");
    }

    @Test
    @DisplayName("H3: nothing in public or among temporary objects is ever called in the place of the server's own")
    void shadowed() throws SQLException {
        run("");
    }

    @Test
    @DisplayName("H3: not even in a session whose search path has public first")
    void publicFirst() throws SQLException {
        run("SET search_path = public, pg_catalog;");
    }

    private void run(String path) throws SQLException {
        database.run(SHADOWS);
        database.run("DO $$ BEGIN CREATE ROLE " + ROLE + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        database.run(QuotaSchema.grants("quotaguard", ROLE));
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(3);
        config.setMinimumIdle(0);
        config.setConnectionInitSql(
                TEMPORARY + "GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO " + ROLE + "; SET ROLE " + ROLE + ";" + path);
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                QuotaGuard quota = QuotaGuard.builder(store)
                        .timeout(Duration.ofSeconds(20))
                        .build()) {
            if (!path.isEmpty()) {
                assertShadowed(pool);
            }
            EveryOperation every = new EveryOperation(quota);
            every.changeCatalog();
            every.decide();
            every.join(pool);
            every.read();
            for (String table : new String[] {"usage_counter", "usage_record", "catalog_change", "plan"}) {
                assertThat(database.count(table)).isPositive();
                assertThat(database.ask("SELECT count(*) FROM public." + table)).isEqualTo("0");
            }
        }
    }

    /** The checker's own check: in such a session the shadows are what an unqualified name means. */
    private static void assertShadowed(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : new String[] {
                "SELECT 'a'::text = 'b'::text",
                "SELECT width_bucket(1::bigint, '{1}'::bigint[])",
                "SELECT * FROM unnest('{1}'::bigint[])",
                "SELECT sum(1::bigint)"
            }) {
                assertThatThrownBy(() -> statement.execute(sql))
                        .as(sql)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("SH001"));
            }
        }
    }
}
