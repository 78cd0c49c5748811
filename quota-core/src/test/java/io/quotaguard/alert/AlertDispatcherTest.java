package io.quotaguard.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Usage;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.RecordingListener;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R33: the dispatcher of alerts")
class AlertDispatcherTest extends DispatcherGroup {
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
}
