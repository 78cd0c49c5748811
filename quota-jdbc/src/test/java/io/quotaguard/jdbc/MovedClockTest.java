package io.quotaguard.jdbc;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Callers who go on while the clock of the server is moved. */
@EnabledIf(value = "movable", disabledReason = "libfaketime is not installed on this machine")
class MovedClockTest {
    private static final Change BY = Change.by("admin");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CALLERS = 4;
    private static final int LIMIT = 40;

    private final EmbeddedPostgres server = EmbeddedPostgres.startWithMovableClock();
    private final HikariDataSource pool = TestDatabase.pool(server.createDatabase(), 2 * CALLERS);
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final Queue<Decision> allowed = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Set<Alert> alerts = ConcurrentHashMap.newKeySet();
    private QuotaGuard quota;
    private volatile boolean ended;

    static boolean movable() {
        return EmbeddedPostgres.hasMovableClocks();
    }

    @BeforeEach
    void open() {
        QuotaSchema.migrate(pool);
        quota = QuotaGuard.builder(JdbcQuotaStore.create(pool))
                .timeout(PATIENCE)
                .listener(alerts::add)
                .build();
    }

    @AfterEach
    void close() throws InterruptedException {
        ended = true;
        callers.shutdown();
        assertThat(callers.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        quota.close();
        pool.close();
        server.close();
    }

    @Test
    @DisplayName(
            "R1, R19, R28: a clock that goes a day ahead, and two days back, gives each day its limit and its alerts once")
    void days() {
        plan(ResetPeriod.DAILY);
        everyoneCalls();
        awaitAllowed(LIMIT);
        server.moveClock(Duration.ofDays(1));
        awaitAllowed(2 * LIMIT);
        server.moveClock(Duration.ZERO);
        call(50);
        server.moveClock(Duration.ofDays(-1));
        awaitAllowed(3 * LIMIT);
        call(50);
        assertThat(byWindow())
                .hasSize(3)
                .allSatisfy((end, uses) -> assertThat(uses).isEqualTo(LIMIT));
        // What was being delivered when the clock went back is due when it is there again.
        server.moveClock(Duration.ofDays(1).plusMinutes(5));
        Await.until("every alert of three days was delivered", () -> alerts.size() >= 9);
        requireBooks();
    }

    @Test
    @DisplayName(
            "R1, R14, R19: a month that ends under load has its limit, and so has the next one from its first moment")
    void monthEnd() {
        plan(ResetPeriod.MONTHLY);
        Instant monthEnd = Instant.parse("2028-03-01T00:00:00Z");
        server.moveClock(Duration.between(Instant.now(), monthEnd.minusSeconds(2)));
        everyoneCalls();
        awaitAllowed(2 * LIMIT);
        assertThat(byWindow())
                .isEqualTo(Map.of(monthEnd, (long) LIMIT, Instant.parse("2028-04-01T00:00:00Z"), (long) LIMIT));
        requireBooks();
    }

    private void plan(ResetPeriod period) {
        quota.plans().create(Plan.named("free").limit("articles", LIMIT, period).build(), BY);
        quota.plans().setDefault("free", BY);
    }

    private void everyoneCalls() {
        for (int i = 0; i < CALLERS; i++) {
            callers.execute(() -> {
                while (!ended) {
                    call(1);
                }
            });
        }
    }

    private void call(int times) {
        try {
            for (int i = 0; i < times; i++) {
                Decision decision = quota.checkAndRecord("user", "articles");
                if (decision.allowed()) {
                    allowed.add(decision);
                }
            }
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    private void awaitAllowed(int uses) {
        Await.until(uses + " uses were allowed", () -> allowed.size() >= uses || !failures.isEmpty());
        assertThat(failures).isEmpty();
    }

    private Map<Instant, Long> byWindow() {
        return allowed.stream().collect(groupingBy(use -> use.resetsAt().orElseThrow(), counting()));
    }

    private void requireBooks() {
        assertThat(failures).isEmpty();
        assertThat(quota.usage().verify(PATIENCE)).isEmpty();
    }
}
