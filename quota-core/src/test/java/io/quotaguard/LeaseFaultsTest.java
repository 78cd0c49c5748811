package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.DelegatingStore;
import io.quotaguard.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Leases when posts fail, holders stop, and answers are lost")
class LeaseFaultsTest {
    private static final String USER = "user-42";
    private static final String CALLS = "calls";
    private static final Duration LIFE = Duration.ofSeconds(10);
    private static final SlicePolicy POLICY =
            SlicePolicy.fixed(10).life(LIFE).margin(Duration.ofSeconds(1)).idle(LIFE);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final AtomicLong nanos = new AtomicLong();
    private final InMemoryQuotaStore store =
            InMemoryQuotaStore.builder().clock(clock).build();
    private final PostsStore posts = new PostsStore(store);
    private final QuotaGuard straight = QuotaGuard.builder(store).build();
    private QuotaGuard holder = guard(POLICY);

    /** A store to which spendings get through or not; everything else does. */
    private static final class PostsStore extends DelegatingStore {
        final AtomicInteger lostAnswers = new AtomicInteger();
        final AtomicInteger spendings = new AtomicInteger();
        volatile boolean away;
        volatile Runnable beforeGivingBack = () -> {};

        PostsStore(QuotaStore inner) {
            super(inner);
        }

        @Override
        public List<Outcome> execute(List<Command> commands, Deadline deadline) {
            if (commands.get(0).operation() != Operation.SPEND) {
                return super.execute(commands, deadline);
            }
            if (away) {
                return List.of(new Outcome.Unavailable(new QuotaUnavailableException("away", null, null, null), true));
            }
            if (commands.get(0).lines().get(0).amount() == 0) {
                beforeGivingBack.run();
            }
            spendings.incrementAndGet();
            List<Outcome> outcomes = super.execute(commands, deadline);
            return lostAnswers.getAndDecrement() > 0
                    ? List.of(new Outcome.Unknown(new IllegalStateException("the answer was lost")))
                    : outcomes;
        }
    }

    private QuotaGuard guard(SlicePolicy policy) {
        return guard(policy, Duration.ofMillis(300));
    }

    private QuotaGuard guard(SlicePolicy policy, Duration timeout) {
        QuotaGuardBuilder builder = QuotaGuard.builder(posts).timeout(timeout).leased(CALLS, policy);
        builder.nanoTime = nanos::get;
        return builder.build();
    }

    private void pass(Duration time) {
        clock.advance(time);
        nanos.addAndGet(time.toNanos());
    }

    @BeforeEach
    void subscribe() {
        Change change = Change.by("test");
        straight.plans()
                .create(
                        Plan.named("busy")
                                .feature(PlanFeature.of(CALLS, Limit.of(320), ResetPeriod.DAILY))
                                .build(),
                        change);
        straight.subscriptions().subscribe(USER, "busy", change);
    }

    @AfterEach
    void close() {
        posts.away = false;
        holder.close();
        straight.close();
        assertThat(store.ledger().verify(Deadline.after(Duration.ofSeconds(10))))
                .as("R42")
                .isEmpty();
    }

    private void use(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(holder.checkAndRecord(USER, CALLS).allowed()).isTrue();
        }
    }

    private int useAll(QuotaGuard guard) {
        int used = 0;
        while (guard.checkAndRecord(USER, CALLS).allowed()) {
            used++;
        }
        return used;
    }

    private Counter counter() {
        return straight.overview(USER).feature(CALLS).orElseThrow().counter();
    }

    @Test
    @DisplayName("R35: a holder spends nothing of a slice from a margin before its end on, whatever it could not post")
    void stopsBeforeTheEnd() {
        use(1 + 4);
        posts.away = true;
        use(2);
        pass(LIFE.minus(Duration.ofMillis(1_001)));
        use(1);
        pass(Duration.ofMillis(1));
        long before = counter().taken();
        use(1);

        assertThat(before).isEqualTo(1 + 10);
        assertThat(counter().taken())
                .as("with a slice of its own for the last use")
                .isEqualTo(before + 10);
    }

    @Test
    @DisplayName(
            "R35, R42: what is posted after its slice came free is counted all the same; the rest of it is never used")
    void comesTooLate() {
        use(1 + 4);
        Await.until("all is posted", () -> counter().used() == 5);
        posts.away = true;
        use(3);

        pass(LIFE);
        int others = useAll(straight);

        assertThat(others).isEqualTo(320 - 5);
        assertThat(holder.checkAndRecord(USER, CALLS).allowed()).isFalse();
        posts.away = false;
        Await.until("all is posted", () -> counter().used() == 320 + 3);
        assertThat(counter().held()).isZero();
    }

    @Test
    @DisplayName(
            "R43, R45: while posts fail no more uses are allowed than may be lost; then the call fails and says so")
    void whatACrashCanLose() {
        holder.close();
        holder = guard(POLICY.maxUnposted(7));
        use(1);
        posts.away = true;

        use(7);
        assertThatThrownBy(() -> holder.checkAndRecord(USER, CALLS)).isInstanceOf(QuotaUnavailableException.class);

        assertThat(counter().used()).isEqualTo(1);
        posts.away = false;
        Await.until("all is posted", () -> counter().used() == 8);
        use(1);
    }

    @Test
    @DisplayName("R1: what a holder took with it is free again at its slice's end, and nobody is refused for it then")
    void crashedHolder() {
        use(1);
        posts.away = true;
        use(6);

        assertThat(useAll(straight)).isEqualTo(320 - 1 - 10);
        pass(LIFE);

        assertThat(useAll(straight)).isEqualTo(10);
    }

    @Test
    @DisplayName("R7, R13: a spending whose answer was lost is sent again, and counts once; its slice goes back once")
    void lostAnswers() {
        posts.lostAnswers.set(3);
        use(60);
        holder.close();

        assertThat(posts.spendings.get()).isGreaterThan(3);
        assertThat(counter()).isEqualTo(new Counter(60, 0));
    }

    @Test
    @DisplayName("R42: closing posts what was spent and gives back the rest; later calls go straight")
    void closing() {
        use(30);
        holder.close();

        assertThat(counter()).isEqualTo(new Counter(30, 0));
        use(1);
        assertThat(counter()).isEqualTo(new Counter(31, 0));
    }

    @Test
    @DisplayName("R45: many uses are posted in few round trips")
    void roundTrips() {
        use(60);
        Await.until("all is posted", () -> counter().used() == 60);

        assertThat(posts.spendings.get()).isLessThan(60);
    }

    @Test
    @DisplayName(
            "G3: a holder that is closed during its last post ends with it, also when its thread was woken for another reason")
    void closedDuringItsLastPost() throws InterruptedException {
        holder.close();
        holder = guard(POLICY, Duration.ofSeconds(10));
        Thread closer = new Thread(holder::close);
        AtomicReference<Thread> poster = new AtomicReference<>();
        posts.beforeGivingBack = () -> {
            if (poster.compareAndSet(null, Thread.currentThread())) {
                closer.start();
                Await.until("the posting thread's end is waited for", () -> isIn(closer, "join"));
                // As a lock does that is not free at once: whoever waits there takes the wake-up that was meant for
                // others.
                LockSupport.parkNanos(1);
            }
        };
        use(1 + 1);
        Await.until("the use is posted", () -> posts.spendings.get() > 0);

        pass(LIFE);
        Await.until("the slice goes back", () -> poster.get() != null);
        closer.join();

        assertThat(poster.get()).isNotNull().matches(thread -> !thread.isAlive(), "has ended");
    }

    @Test
    @DisplayName(
            "A2: whoever is interrupted closes his guard all the same: what was spent is posted, and he stays interrupted")
    void closedWhileInterrupted() {
        posts.away = true;
        use(1 + 4);
        posts.away = false;

        Thread.currentThread().interrupt();
        holder.close();
        int posted = posts.spendings.get();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(posted).isPositive();
        assertThat(counter()).isEqualTo(new Counter(5, 0));
    }

    private static boolean isIn(Thread thread, String method) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals(method));
    }
}
