package io.quotaguard.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.RecordingListener;
import io.quotaguard.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("R33: the dispatcher of alerts")
class AlertDispatcherTest {
    private static final Change BY = Change.by("test");
    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final Duration NEVER = Duration.ofHours(12);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int PARK_AFTER = 20;
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final QuotaStore store = InMemoryQuotaStore.builder().clock(clock).build();
    private final QuotaGuard quota = QuotaGuard.builder(store).build();
    private final FlakyAlertStore outbox = new FlakyAlertStore(store.alerts());
    private final RecordingListener listener = new RecordingListener();
    private final List<AlertDispatcher> dispatchers = new ArrayList<>();

    @BeforeEach
    void onePlan() {
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", 10, ResetPeriod.DAILY)
                                .build(),
                        BY);
        quota.plans().setDefault("free", BY);
    }

    @AfterEach
    void close() {
        listener.unblock();
        dispatchers.forEach(AlertDispatcher::close);
        quota.close();
    }

    private AlertDispatcher dispatcher(Duration pollInterval, AlertListener... listeners) {
        AlertDispatcher dispatcher = new AlertDispatcher(
                outbox, List.of(listeners), new AlertDispatcher.Settings(pollInterval, TIMEOUT, PARK_AFTER));
        dispatchers.add(dispatcher);
        return dispatcher;
    }

    /** Fires 80, 95 and 100 % for {@code subject}. */
    private void fire(String subject) {
        quota.checkAndRecord(Usage.of(subject, "articles").amount(10));
    }

    private void awaitAllSent() {
        Await.until("all are marked sent", () -> quota.alerts().statistics().unsent() == 0);
    }

    private void awaitOverTime(RecordingListener listener, int count) {
        Await.until("the listener took " + count, () -> {
            clock.advance(Duration.ofSeconds(5));
            return listener.alerts().size() >= count;
        });
    }

    @Test
    @DisplayName("delivers at once when it is woken, however long its interval")
    void wake() {
        AlertDispatcher dispatcher = dispatcher(NEVER, listener);
        Await.until("the first look is over", () -> outbox.claims() == 1);
        fire("ann");

        dispatcher.wake();

        assertThat(listener.await(3)).extracting(Alert::threshold).containsExactly(80, 95, 100);
        awaitAllSent();
    }

    @Test
    @DisplayName("finds what it was told to expect when it comes, however long its interval")
    void expected() {
        AlertDispatcher dispatcher = dispatcher(NEVER, listener);
        Await.until("the first look is over", () -> outbox.claims() == 1);
        dispatcher.expect();
        Await.until("it looks again and again", () -> outbox.claims() >= 4);
        fire("ann");

        assertThat(listener.await(3)).extracting(Alert::threshold).containsExactly(80, 95, 100);
        awaitAllSent();
    }

    @Test
    @DisplayName("looks by itself at its interval")
    void poll() {
        dispatcher(OFTEN, listener);
        fire("ann");

        listener.await(3);
    }

    @Test
    @DisplayName("goes on when the outbox cannot be read for a while")
    void outboxAway() {
        outbox.failClaims(3);
        fire("ann");

        dispatcher(OFTEN, listener);

        listener.await(3);
        awaitAllSent();
    }

    @Test
    @DisplayName("does not call a listener again for an alert that it took but that could not be marked")
    void notMarked() {
        outbox.failMarks(3);
        fire("ann");

        dispatcher(OFTEN, listener);
        listener.await(3);
        Await.until("marking has failed", () -> outbox.failedMarks() == 3);
        // Lease by lease: an alert may be claimed once more before it has left the dispatcher's hands.
        Await.until("all are marked sent", () -> {
            clock.advance(LEASE);
            return quota.alerts().statistics().unsent() == 0;
        });

        assertThat(listener.calls()).isEqualTo(3);
    }

    @Test
    @DisplayName("does not hand out an alert a second time that a listener holds longer than its lease")
    void heldLongerThanTheLease() {
        listener.block();
        fire("ann");
        dispatcher(OFTEN, listener);
        Await.until("the listener was called", () -> listener.calls() == 1);

        int before = outbox.claims();
        clock.advance(LEASE.multipliedBy(3));
        Await.until("the outbox was looked at again", () -> outbox.claims() > before + 2);
        listener.unblock();
        listener.await(3);
        awaitAllSent();

        assertThat(listener.thresholds()).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("keeps a failed counter's order and does not hold up the others")
    void failedCounter() {
        listener.throwNext(new IllegalStateException("planned"));
        fire("ann");
        fire("bob");

        dispatcher(OFTEN, listener);
        assertThat(listener.await(3)).extracting(Alert::subject).containsOnly("bob");
        awaitOverTime(listener, 6);

        assertThat(listener.alerts().subList(3, 6)).extracting(Alert::subject).containsOnly("ann");
        assertThat(listener.thresholds()).containsExactly(80, 95, 100, 80, 95, 100);
        awaitAllSent();
    }

    @Test
    @DisplayName("puts an alert off for longer with each failure")
    void delaysGrow() {
        listener.throwNext(
                new IllegalStateException("1"), new IllegalStateException("2"), new IllegalStateException("3"));
        quota.checkAndRecord(Usage.of("ann", "articles").amount(8));
        dispatcher(OFTEN, listener);

        for (long seconds : new long[] {1, 2, 4}) {
            Await.until("it was put off", () -> outbox.takeDelay(Duration.ofSeconds(seconds)));
            clock.advance(Duration.ofSeconds(seconds));
        }

        listener.await(1);
    }

    @Test
    @DisplayName("delivers more than one claim holds, each alert once")
    void manyAlerts() {
        for (int n = 0; n < 120; n++) {
            fire("subject-" + n);
        }

        dispatcher(NEVER, listener);

        assertThat(listener.await(360)).extracting(Alert::id).doesNotHaveDuplicates();
        awaitAllSent();
    }

    @Test
    @DisplayName("delivers them all although a listener's queue is full meanwhile")
    void fullQueue() {
        listener.block();
        for (int n = 0; n < 400; n++) {
            fire("subject-" + n);
        }
        dispatcher(OFTEN, listener);
        Await.until("something did not fit", () -> outbox.putOffs() > 0);

        listener.unblock();
        awaitOverTime(listener, 1200);

        awaitAllSent();
        assertThat(listener.alerts()).extracting(Alert::id).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("ends soon although a listener blocks, and leaves the alert unsent for whoever comes next")
    void closeWhileBlocked() {
        listener.block();
        fire("ann");
        AlertDispatcher first = dispatcher(OFTEN, listener);
        Await.until("the listener was called", () -> listener.calls() == 1);

        long start = System.nanoTime();
        first.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(quota.alerts().unsent("ann", 10)).hasSize(3);
        RecordingListener next = new RecordingListener();
        dispatcher(OFTEN, next);
        // The interrupted listener may put its alert off after the dispatcher has ended, so no single step is enough.
        awaitOverTime(next, 3);

        assertThat(next.thresholds()).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("goes on although the thread of a listener is interrupted by that listener")
    void interruptingListener() {
        AlertListener interrupting = alert -> {
            listener.onAlert(alert);
            Thread.currentThread().interrupt();
        };
        fire("ann");

        dispatcher(OFTEN, interrupting);

        listener.await(3);
        awaitAllSent();
    }

    @ParameterizedTest(name = "{0} s later, with a lease of 30 s")
    @ValueSource(ints = {0, 31})
    @DisplayName("keeps the order when an alert fails again while one that waited for it is put back")
    void failsAgainWhileAnotherIsPutBack(int seconds) {
        RecordingListener other = new RecordingListener();
        listener.throwNext(new IllegalStateException("planned"));
        other.block();
        fire("ann");
        fire("bob");
        List<Alert> fired = quota.alerts().unsent("ann", 10);
        long first = fired.get(0).id();
        long second = fired.get(1).id();
        outbox.onPutOff((id, time, done) -> {
            if (id == second && time == 1 && done) {
                Await.until("the first alert failed again", () -> listener.calls() == 5);
                fire("cid");
                listener.await(6);
            } else if (id == first && time == 2 && !done) {
                clock.advance(Duration.ofSeconds(seconds));
                awaitClaims(3);
            } else if (id == second && time == 2 && done) {
                clock.advance(Duration.ofSeconds(seconds));
                awaitClaims(3);
            }
        });
        dispatcher(OFTEN, listener, other);
        // Each subject's alerts come after those of the one before: once they are here, the others are dealt with.
        listener.await(3);
        listener.throwNext(new IllegalStateException("planned"));
        other.unblock();

        awaitOverTime(listener, 9);

        assertThat(listener.alerts())
                .filteredOn(alert -> alert.subject().equals("ann"))
                .extracting(Alert::threshold)
                .containsExactly(80, 95, 100);
        awaitAllSent();
    }

    @Test
    @DisplayName("keeps the order when an alert is claimed again in the moment in which it is put back")
    void claimedWhilePutBack() {
        listener.throwNext(new IllegalStateException("planned"));
        fire("ann");
        long second = quota.alerts().unsent("ann", 10).get(1).id();
        outbox.onPutOff((id, time, done) -> {
            if (id == second && time == 1 && done) {
                clock.advance(Duration.ofSeconds(10));
                awaitClaims(2);
            }
        });
        dispatcher(OFTEN, listener);
        Await.until("all three were put back", () -> outbox.putOffs() >= 3);
        // Long enough for what was put back, and shorter than a lease.
        clock.advance(Duration.ofSeconds(10));
        awaitClaims(2);

        awaitOverTime(listener, 3);

        assertThat(listener.thresholds()).containsExactly(80, 95, 100);
        awaitAllSent();
    }

    @Test
    @DisplayName("keeps the order when the store cannot be told that an alert failed")
    void failureIsNotWritten() {
        listener.throwNext(new IllegalStateException("planned"));
        fire("ann");
        long first = quota.alerts().unsent("ann", 10).get(0).id();
        outbox.onPutOff((id, time, done) -> {
            if (id == first && time == 1) {
                throw new QuotaUnavailableException("planned", null, null, null);
            }
        });
        dispatcher(OFTEN, listener);
        Await.until("the later ones were put back", () -> outbox.putOffs() >= 2);
        // Long enough for those, and shorter than the lease of the one that failed.
        clock.advance(Duration.ofSeconds(10));
        awaitClaims(3);

        awaitOverTime(listener, 3);

        assertThat(listener.thresholds()).containsExactly(80, 95, 100);
        awaitAllSent();
    }

    private void awaitClaims(int more) {
        int claims = outbox.claims();
        Await.until("the outbox was looked at again", () -> outbox.claims() >= claims + more);
    }
}
