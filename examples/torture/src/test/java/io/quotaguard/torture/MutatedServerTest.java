package io.quotaguard.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.redis.MutatedScripts;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.redis.RedisQuotaStoreBuilder;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testbed.PostgresServers;
import io.quotaguard.testbed.RedisServer;
import io.quotaguard.testbed.RedisServers;
import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.check.Invariant;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledIfSystemProperty(named = "torture.mutants", matches = "true")
@DisplayName("The checker finds bugs in the servers' own functions and scripts, and none in those that are shipped")
class MutatedServerTest {
    private static final int CALLS = 700;
    private static final int CALLS_OF_A_PLAN = 30;

    @TempDir
    Path folder;

    /** A text replaced in the functions that charge uses. */
    enum Sql {
        OVER_BY_ONE("p_amount <= p_most - u.used AND", "p_amount <= p_most + 1 - u.used AND", Invariant.A1),
        ROW_SAYS_ONE_MORE("'RECORD', p_amount, v_after, 0", "'RECORD', p_amount + 1, v_after, 0", Invariant.A2),
        COUNTED_TWICE("SET used = u.used + p_amount\n", "SET used = u.used + p_amount + 1\n", Invariant.A2),
        ALERT_FORGOTTEN(
                "p_limit, p_thresholds::integer[],\n                    v.used, v_after",
                "p_limit, '{}'::integer[],\n                    v.used, v_after",
                Invariant.E1);

        private final String from;
        private final String to;

        @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
        private final Set<Invariant> broken;

        Sql(String from, String to, Invariant... broken) {
            this.from = from;
            this.to = to;
            this.broken = Set.of(broken);
        }
    }

    /** A text replaced in a script. */
    enum Lua {
        OVER_BY_ONE("decide", "units > ceiling - taken", "units > ceiling + 1 - taken", Invariant.A1),
        KEY_FORGOTTEN("charge", "'SET', key,", "'SET', key .. '.',", Invariant.B1),
        COUNTED_ONE_MORE(
                "charge",
                "charged[i].name, charged[i].more)",
                "charged[i].name, charged[i].more + 1)",
                Invariant.B1,
                Invariant.A3);

        private final String file;
        private final String from;
        private final String to;

        @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
        private final Set<Invariant> broken;

        Lua(String file, String from, String to, Invariant... broken) {
            this.file = file;
            this.from = from;
            this.to = to;
            this.broken = Set.of(broken);
        }
    }

    private interface Work {
        Findings run(JdbcQuotaStore store, HikariDataSource pool) throws Exception;
    }

    private static Findings onPostgres(Work work) throws Exception {
        try (HikariDataSource pool = Stores.pool(PostgresServers.shared().freshDatabaseUrl(), 8)) {
            QuotaSchema.migrate(pool);
            try (JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                return work.run(store, pool);
            }
        }
    }

    private Findings run(QuotaStore charged) throws Exception {
        return new InProcess(charged, charged, CALLS_OF_A_PLAN)
                .run(folder, CALLS, InProcess.seed(11), UnaryOperator.identity());
    }

    private Findings runLosingAnswers(QuotaStore store) throws Exception {
        return new InProcess(new PlantedStore(store, Bugs.none()), store, CALLS_OF_A_PLAN)
                .run(folder, CALLS, InProcess.seed(11), UnaryOperator.identity());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A1, A2, E1: a bug in PostgreSQL's function is found")
    void sql(Sql bug) throws Exception {
        Findings findings = onPostgres((store, pool) -> {
            mutate(pool, bug);
            return run(store);
        });

        assertThat(findings.counts().keySet()).as("%s", findings.violations()).containsAnyElementsOf(bug.broken);
        // Nothing else gives it away: what was counted and written is right.
        if (bug == Sql.ALERT_FORGOTTEN) {
            assertThat(findings.counts()).containsOnlyKeys(Invariant.E1);
        }
    }

    private static void mutate(HikariDataSource pool, Sql bug) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT pg_get_functiondef(oid) FROM pg_proc"
                        + " WHERE proname = 'quota_use' AND pronamespace = 'quotaguard'::regnamespace")) {
            assertThat(found.next()).isTrue();
            String function = found.getString(1);
            assertThat(function).contains(bug.from);
            statement.execute(function.replace(bug.from, bug.to));
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A1, A3, B1: a bug in a script of Redis is found")
    void lua(Lua bug) throws Exception {
        Findings findings = onRedis(builder -> MutatedScripts.replace(builder, bug.file, bug.from, bug.to));

        assertThat(findings.counts().keySet()).as("%s", findings.violations()).containsAnyElementsOf(bug.broken);
    }

    private Findings onRedis(UnaryOperator<RedisQuotaStoreBuilder> change) throws Exception {
        RedisServer server = RedisServers.shared();
        RedisClient client = RedisClient.create();
        try {
            return onPostgres((ledger, pool) -> {
                RedisQuotaStoreBuilder builder = RedisQuotaStore.inFrontOf(
                                ledger, client, RedisURI.create(server.uri()))
                        .namespace(server.freshNamespace());
                try (RedisQuotaStore store = change.apply(builder).build()) {
                    return runLosingAnswers(store);
                }
            });
        } finally {
            client.shutdown();
        }
    }

    @Test
    @DisplayName("A1-E1: PostgreSQL as shipped has nothing to be found, though answers are lost")
    void postgres() throws Exception {
        Findings findings = onPostgres((store, pool) -> runLosingAnswers(store));

        assertThat(findings.violations()).isEmpty();
    }

    @Test
    @DisplayName("A1-E1: Redis as shipped has nothing to be found, though answers are lost")
    void redis() throws Exception {
        assertThat(onRedis(builder -> builder).violations()).isEmpty();
    }
}
