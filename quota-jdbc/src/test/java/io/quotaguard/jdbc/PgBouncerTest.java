package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.testbed.PgBouncer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Many callers behind PgBouncer, whose transactions share three connections. */
@EnabledIf(value = "installed", disabledReason = "pgbouncer is not installed on this machine")
class PgBouncerTest {
    private static final Change BY = Change.by("admin");
    private static final int CALLERS = 24;
    private static final int SERVER_CONNECTIONS = 3;
    private static final int LIMIT = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestDatabase database = TestDatabase.migrated();
    private final PgBouncer bouncer = PgBouncer.inFrontOf(database.url(), SERVER_CONNECTIONS);
    private final HikariDataSource pool = TestDatabase.pool(bouncer.jdbcUrl(), CALLERS);
    private final JdbcQuotaStore store = JdbcQuotaStore.create(pool);
    private final QuotaGuard quota = QuotaGuard.builder(store).timeout(PATIENCE).build();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

    static boolean installed() {
        return PgBouncer.program().isPresent();
    }

    @BeforeEach
    void plan() {
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles_per_month", LIMIT, ResetPeriod.MONTHLY)
                                .limit("publish_per_day", LIMIT, ResetPeriod.DAILY)
                                .build(),
                        BY);
        quota.plans().setDefault("free", BY);
    }

    @Test
    @DisplayName("R1, R7: exactly the limit passes and each retry counts once, whichever connection a transaction gets")
    void exact() throws Exception {
        AtomicInteger allowed = new AtomicInteger();
        AtomicInteger replays = new AtomicInteger();
        everyone(caller -> {
            for (int i = 0; i < 40; i++) {
                Usage usage = Usage.of("tenant", "articles_per_month").key(caller + "-" + i);
                boolean passed = quota.checkAndRecord(usage).allowed();
                allowed.addAndGet(passed ? 1 : 0);
                replays.addAndGet(passed && quota.checkAndRecord(usage).replayed() ? 1 : 0);
                quota.checkAndRecord("user " + caller, "publish_per_day");
            }
        });
        assertThat(allowed).hasValue(LIMIT);
        assertThat(replays).hasValue(LIMIT);
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter WHERE subject = 'tenant'"))
                .isEqualTo(Integer.toString(LIMIT));
        assertThat(database.count("usage_record")).isEqualTo(LIMIT + CALLERS * 40L);
        assertThat(quota.usage().verify(PATIENCE)).isEmpty();
    }

    @Test
    @DisplayName("R34: holds, what becomes of them, and changes of the catalog do not need a session either")
    void otherCommands() throws Exception {
        everyone(caller -> {
            String subject = "user " + caller;
            quota.subscriptions().subscribe(subject, "free", BY);
            quota.reserve(Usage.of(subject, "articles_per_month").amount(5), PATIENCE)
                    .commit(3);
            quota.reserve(Usage.of(subject, "articles_per_month").amount(5), PATIENCE)
                    .release();
            quota.checkAndRecordAll(
                    List.of(Usage.of(subject, "publish_per_day").amount(2), Usage.of(subject, "articles_per_month")));
        });
        for (int caller = 0; caller < CALLERS; caller++) {
            assertThat(quota.overview("user " + caller).feature("articles_per_month"))
                    .hasValueSatisfying(
                            usage -> assertThat(usage.counter().used()).isEqualTo(4));
        }
    }

    /** What one of the callers does. */
    private interface Calls {
        void of(int caller) throws Exception;
    }

    private void everyone(Calls calls) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            running.add(callers.submit(() -> {
                calls.of(caller);
                return caller;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @AfterEach
    void close() {
        callers.shutdownNow();
        quota.close();
        store.close();
        pool.close();
        bouncer.close();
        database.close();
    }
}
