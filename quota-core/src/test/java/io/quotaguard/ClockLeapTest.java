package io.quotaguard;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.DelegatingStore;
import io.quotaguard.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A wall clock that leaps a day, ahead and back")
class ClockLeapTest {
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final int CALLERS = 4;
    private static final int LIMIT = 40;

    private final SettableClock clock = new SettableClock(NOON);
    private final LeapingStore store = new LeapingStore();
    private final List<Alert> heard = new CopyOnWriteArrayList<>();
    private final QuotaGuard quota = QuotaGuard.builder(store)
            .timeout(Await.PATIENCE)
            .alertPollInterval(Duration.ofMillis(20))
            .listener(heard::add)
            .build();
    private final ConcurrentMap<Usage, Decision> allowed = new ConcurrentHashMap<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private volatile boolean ended;

    /** Moves the clock while a command is on its way. */
    private final class LeapingStore extends DelegatingStore {
        private final AtomicInteger days = new AtomicInteger();
        private volatile boolean fails;

        LeapingStore() {
            super(InMemoryQuotaStore.builder().clock(clock).build());
        }

        @Override
        public List<Outcome> execute(List<Command> commands, Deadline deadline) {
            int leap = days.getAndSet(0);
            clock.advance(DAY.multipliedBy(leap));
            return leap != 0 && fails
                    ? List.of(new Outcome.Unavailable(new QuotaUnavailableException("away", null, null, null), true))
                    : super.execute(commands, deadline);
        }
    }

    @BeforeEach
    void plan() {
        Change by = Change.by("test");
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", LIMIT, ResetPeriod.DAILY)
                                .build(),
                        by);
        quota.plans().setDefault("free", by);
    }

    @AfterEach
    void close() throws InterruptedException {
        ended = true;
        callers.shutdown();
        assertThat(callers.awaitTermination(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        quota.close();
        store.close();
    }

    @Test
    @DisplayName("R1, R7, R19, R28: each day has its limit and its alerts once, and no key is forgotten")
    void underLoad() {
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            callers.execute(() -> call(caller));
        }
        awaitAllowed(LIMIT);
        clock.set(NOON.plus(DAY));
        awaitAllowed(2 * LIMIT);
        clock.set(NOON.minus(DAY));
        awaitAllowed(3 * LIMIT);
        clock.set(NOON);
        ended = true;

        Map<Window, Long> uses = allowed.values().stream()
                .collect(groupingBy(decision -> decision.window().orElseThrow(), counting()));
        assertThat(uses)
                .hasSize(3)
                .allSatisfy((window, count) -> assertThat(count).isEqualTo(LIMIT));
        allowed.forEach((usage, first) -> {
            Decision again = quota.checkAndRecord(usage);
            assertThat(again.replayed()).isTrue();
            assertThat(again.window()).isEqualTo(first.window());
        });
        // What was fired in the last moment of a day to which the clock does not come back is due when it is past it.
        clock.set(NOON.plus(DAY).plusSeconds(60));
        Await.until("each alert of three days was heard", () -> heard.size() >= 9);
        assertThat(heard)
                .extracting(alert -> List.of(alert.window(), alert.threshold()))
                .doesNotHaveDuplicates();
        assertThat(quota.usage().verify(Await.PATIENCE)).isEmpty();
    }

    private void call(int caller) {
        try {
            for (int i = 0; !ended; i++) {
                Usage usage = Usage.of("user", "articles").key(caller + "-" + i);
                Decision decision = quota.checkAndRecord(usage);
                if (decision.allowed()) {
                    allowed.put(usage, decision);
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

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    @DisplayName(
            "R19, R45: a call under way is decided in the window where the clock stands now, and has its time still")
    void underWay(int days) {
        Usage usage = Usage.of("user", "articles").amount(LIMIT);
        assertThat(quota.checkAndRecord(usage).allowed()).isTrue();
        store.days.set(days);

        Decision decision = quota.checkAndRecord(usage);

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.window().orElseThrow().contains(NOON.plus(DAY.multipliedBy(days))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    @DisplayName("R19, R45: a call that is repeated after a fault goes by the clock as it stands then")
    void repeated(int days) {
        store.fails = true;
        store.days.set(days);

        Decision decision = quota.checkAndRecord(Usage.of("user", "articles").amount(LIMIT));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.window().orElseThrow().contains(NOON.plus(DAY.multipliedBy(days))))
                .isTrue();
    }

    @Test
    @DisplayName("R1, R35: a hold that has expired stays so when the clock goes back, and its units come free once")
    void hold() {
        Reservation held = quota.reserve(Usage.of("user", "articles").amount(10), Duration.ofHours(1));
        clock.set(NOON.plus(Duration.ofHours(2)));
        assertThat(quota.checkAndRecord("user", "articles").allowed()).isTrue();
        clock.set(NOON);

        assertThatThrownBy(held::release).isInstanceOf(ReservationSettledException.class);
        assertThat(quota.check(Usage.of("user", "articles")).held()).isZero();
        assertThat(quota.checkAndRecord(Usage.of("user", "articles").amount(LIMIT))
                        .allowed())
                .isFalse();
    }
}
