package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.Coalescing;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Callers of one guard that share round trips, while one of them meets a fault. All share one lane. */
class CrowdedFaultTest {
    private static final Change BY = Change.by("admin");
    private static final int OTHERS = 20;

    /** Long enough for a busy machine to answer the others in three quarters of it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    private final TestDatabase database = TestDatabase.migrated();
    private final HikariDataSource pool = TestDatabase.pool(database.url(), 12);
    private final JdbcQuotaStore store = JdbcQuotaStore.create(pool);
    private final QuotaGuard quota = QuotaGuard.builder(store)
            .timeout(TIMEOUT)
            .coalescing(Coalescing.DEFAULT.withDirectCallers(1).withFlushers(1))
            .build();
    private final List<Connection> strangers = new ArrayList<>();

    @BeforeEach
    void warmUp() {
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", 10, ResetPeriod.NEVER)
                                .build(),
                        BY);
        quota.plans().setDefault("free", BY);
        List.of("direct", "first", "one").forEach(subject -> quota.checkAndRecord(subject, "articles"));
        for (int i = 0; i < OTHERS; i++) {
            quota.checkAndRecord("other " + i, "articles");
        }
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection stranger : strangers) {
            stranger.close();
        }
        quota.close();
        store.close();
        pool.close();
        database.close();
    }

    @Test
    @DisplayName(
            "R45: who waits for a stranger's lock does not hold up the lane; the others are decided, it fails in time")
    void lockedAheadOfTheOthers() throws Exception {
        holdLane();
        lock("one");
        CompletableFuture<Decision> one = use("one");
        database.awaitLockWaits(2);

        assertAllAllowed(others());
        assertUnavailable(one);
        assertThat(database.ask("SELECT sum(used) FROM quotaguard.usage_counter"))
                .isEqualTo(Integer.toString(3 + 2 * OTHERS));
    }

    @Test
    @DisplayName("R45: nor does one among those of a shared round trip")
    void lockedAmongTheOthers() throws Exception {
        holdLane();
        lock("one");
        Connection stranger = lock("first");
        CompletableFuture<Decision> first = use("first");
        database.awaitLockWaits(2);
        CompletableFuture<Decision> one = use("one");
        List<CompletableFuture<Decision>> others = others();
        stranger.rollback();

        assertThat(first.get(30, TimeUnit.SECONDS).allowed()).isTrue();
        assertAllAllowed(others);
        assertUnavailable(one);
        assertThat(database.count("usage_record")).isEqualTo(3 + OTHERS + 1 + OTHERS);
    }

    @Test
    @DisplayName("R43: what the database refuses of one caller is that caller's error alone")
    void poison() throws Exception {
        database.run("CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE 'poison' USING ERRCODE = '23514'; END $$;"
                + " CREATE TRIGGER poison BEFORE INSERT ON quotaguard.usage_record FOR EACH ROW"
                + " WHEN (new.subject = 'one') EXECUTE FUNCTION public.poison()");
        holdLane();
        Connection stranger = lock("first");
        CompletableFuture<Decision> first = use("first");
        database.awaitLockWaits(2);
        CompletableFuture<Decision> one = use("one");
        List<CompletableFuture<Decision>> others = others();
        stranger.rollback();

        assertThat(first.get(30, TimeUnit.SECONDS).allowed()).isTrue();
        assertAllAllowed(others);
        assertThatThrownBy(() -> join(one)).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter WHERE subject = 'one'"))
                .isEqualTo("1");
    }

    /** One call goes to the store directly and stays there, so that those after it go through the lane. */
    private void holdLane() throws SQLException {
        lock("direct");
        CompletableFuture<Decision> direct = use("direct");
        database.awaitLockWaits(1);
        assertThat(direct).isNotDone();
    }

    private Connection lock(String subject) throws SQLException {
        Connection stranger = database.connect();
        strangers.add(stranger);
        stranger.setAutoCommit(false);
        try (Statement statement = stranger.createStatement()) {
            statement.execute("SELECT * FROM quotaguard.usage_counter WHERE subject = '" + subject + "' FOR UPDATE");
        }
        return stranger;
    }

    private CompletableFuture<Decision> use(String subject) {
        return HostTest.inBackground(() -> quota.checkAndRecord(subject, "articles"));
    }

    private List<CompletableFuture<Decision>> others() {
        List<CompletableFuture<Decision>> others = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            others.add(use("other " + i));
        }
        return others;
    }

    private static void assertAllAllowed(List<CompletableFuture<Decision>> calls) {
        Await.until("all have been answered", () -> calls.stream().allMatch(CompletableFuture::isDone));
        calls.forEach(call -> assertThat(call.join().allowed()).isTrue());
    }

    private static void assertUnavailable(CompletableFuture<Decision> call) {
        assertThatThrownBy(() -> join(call)).isInstanceOf(QuotaUnavailableException.class);
    }

    private static Decision join(CompletableFuture<Decision> call) throws Throwable {
        try {
            return call.join();
        } catch (CompletionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
