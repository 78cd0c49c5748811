package io.quotaguard.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.RecordingListener;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("R33: the order of a counter's alerts")
class AlertOrderTest extends DispatcherGroup {
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

    @Test
    @DisplayName("keeps the order when the answer to a claim is lost, so that nobody knows what is claimed")
    void lostClaim() {
        outbox.loseClaims(1);
        quota.checkAndRecord(Usage.of("ann", "articles").amount(8));
        dispatcher(OFTEN, listener);
        Await.until("the answer is lost", () -> outbox.lostClaims() == 0);
        quota.checkAndRecord(Usage.of("ann", "articles").amount(2));
        awaitClaims(3);

        awaitOverTime(listener, 3);

        assertThat(listener.thresholds()).containsExactly(80, 95, 100);
        awaitAllSent();
    }
}
