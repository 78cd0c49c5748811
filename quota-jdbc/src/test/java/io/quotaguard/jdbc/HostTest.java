package io.quotaguard.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A test of a host that keeps its articles in the database of the store. Its pool has one connection: a call that needs a
 * second one beside the host's own fails.
 */
abstract class HostTest {
    static final Duration TIMEOUT = Duration.ofSeconds(20);
    static final Duration NEVER = Duration.ofHours(12);
    static final Change BY = Change.by("admin");

    final TestDatabase database = TestDatabase.migrated();
    final HikariDataSource pool = TestDatabase.pool(database.url(), 1);
    final JdbcQuotaStore store = JdbcQuotaStore.create(pool);
    final QuotaGuard quota = guard(store, TIMEOUT);

    /** Another node, on connections of its own. */
    final JdbcQuotaStore otherStore = JdbcQuotaStore.create(database.dataSource());

    final QuotaGuard other = guard(otherStore, TIMEOUT);

    static QuotaGuard guard(JdbcQuotaStore store, Duration timeout) {
        return QuotaGuard.builder(store)
                .timeout(timeout)
                .catalogPollInterval(NEVER)
                .build();
    }

    @BeforeEach
    final void startHost() {
        database.run("CREATE TABLE public.article (title text PRIMARY KEY)");
        other.plans().create(plan(10), BY);
        other.plans().setDefault("free", BY);
    }

    @AfterEach
    final void endHost() {
        quota.close();
        other.close();
        store.close();
        otherStore.close();
        pool.close();
        database.close();
    }

    static Plan plan(long limit) {
        return Plan.named("free").limit("articles", limit, ResetPeriod.NEVER).build();
    }

    static Usage articles(String subject, long amount, String key) {
        return Usage.of(subject, "articles").amount(amount).key(key);
    }

    /** The pool's only connection, with a transaction that has written an article. */
    Connection writing(String title) throws SQLException {
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        write(connection, title);
        return connection;
    }

    /** A transaction on a connection beside the pool. */
    Connection beginBeside() throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    static void write(Connection connection, String title) throws SQLException {
        run(connection, "INSERT INTO public.article VALUES ('" + title + "')");
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Articles, ledger rows, used units and alerts, as others see them. */
    String seen() {
        return database.ask("""
                SELECT concat_ws(' ', (SELECT count(*) FROM public.article),
                                      (SELECT count(*) FROM quotaguard.usage_record),
                                      (SELECT coalesce(sum(used), 0) FROM quotaguard.usage_counter),
                                      (SELECT count(*) FROM quotaguard.quota_alert))
                """);
    }

    /** Runs on a thread of its own; the common pool has too few on a small machine. */
    static <T> CompletableFuture<T> inBackground(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, work -> new Thread(work, "beside").start());
    }

    static <T> T soon(CompletableFuture<T> result) throws Exception {
        return result.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
