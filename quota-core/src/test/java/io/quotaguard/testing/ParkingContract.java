package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.alert.AlertListener;
import io.quotaguard.model.Alert;
import io.quotaguard.spi.AlertStore.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R33: an alert that no listener can take is parked, and harms no other. */
abstract class ParkingContract extends ContractGroup {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration DELAY = Duration.ofSeconds(5);

    ParkingContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private List<Claimed> claim(String dispatcher) {
        return store.alerts().claim(dispatcher, 10, LEASE, deadline());
    }

    private boolean fail(long id, int most) {
        return store.alerts().fail(id, DELAY, most, deadline());
    }

    private static List<Integer> thresholds(List<Claimed> claimed) {
        return claimed.stream().map(each -> each.alert().threshold()).toList();
    }

    @Test
    @DisplayName(
            "R33: a failure puts an alert off, and enough of them park it: then the later ones of its counter go on")
    void parkedAfterEnoughFailures() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        long first = claim("one").get(0).alert().id();
        store.alerts().putOff(alerts(USER).stream().map(Alert::id).toList(), Duration.ZERO, deadline());

        assertThat(fail(first, 2)).isFalse();
        assertThat(claim("one")).as("the later ones wait").isEmpty();
        advance(DELAY);
        assertThat(thresholds(claim("one"))).containsExactly(80, 95, 100);
        assertThat(fail(first, 2)).isTrue();
        assertThat(fail(first, 2)).as("it is parked already").isFalse();

        advance(Duration.ofDays(1));
        assertThat(thresholds(claim("two"))).containsExactly(95, 100);
        assertThat(quota.alerts().parked(0, 10)).extracting(Alert::threshold).containsExactly(80);
        assertThat(alerts(USER)).extracting(Alert::parked).containsExactly(true, false, false);
        assertThat(quota.alerts().statistics(USER).parked()).isEqualTo(1);
        assertThat(quota.alerts().statistics().unsent()).isEqualTo(3);
    }

    @Test
    @DisplayName("R33: a parked alert is delivered again when the host asks for it, as if it had never failed")
    void retried() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        long first = claim("one").get(0).alert().id();
        assertThat(quota.alerts().retry(first)).as("it is not parked").isFalse();
        assertThat(fail(first, 1)).isTrue();
        advance(LEASE);

        assertThat(quota.alerts().retry(first)).isTrue();
        assertThat(quota.alerts().retry(first)).isFalse();
        assertThat(quota.alerts().retry(Long.MAX_VALUE)).isFalse();

        assertThat(quota.alerts().parked(0, 10)).isEmpty();
        assertThat(thresholds(claim("two"))).containsExactly(80, 95, 100);
        assertThat(fail(first, 2)).as("the failures before are forgotten").isFalse();
        assertThat(quota.alerts().statistics().parked()).isZero();
    }

    @Test
    @DisplayName("R33: what is parked can be marked sent, and is then neither parked nor retried")
    void parkedAndMarked() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);
        long id = claim("one").get(0).alert().id();
        fail(id, 1);

        assertThat(quota.alerts().markSent(id)).isTrue();

        assertThat(quota.alerts().parked(0, 10)).isEmpty();
        assertThat(quota.alerts().retry(id)).isFalse();
        assertThat(alerts(USER)).extracting(Alert::parked).containsExactly(false);
        assertThat(fail(id, 1)).isFalse();
    }

    @Test
    @DisplayName("R33: what is parked stays so for every node, and for one that starts later")
    void parkedForEveryNode() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);
        fail(claim("one").get(0).alert().id(), 1);
        RecordingListener listener = new RecordingListener();

        QuotaGuard later = guard(fixture.anotherNode(), listener);
        later.checkAndRecord(line(USER, ARTICLES, 2));

        listener.await(2);
        assertThat(listener.thresholds()).containsExactly(95, 100);
        assertThat(later.alerts().parked(0, 10)).extracting(Alert::threshold).containsExactly(80);
    }

    @Test
    @DisplayName(
            "R33: a poison alert is parked by its guard, while those that waited for it and those of others arrive")
    void poisonHarmsNoOther() {
        dailyArticles(10);
        subscribe("team-7", "free");
        RecordingListener others = new RecordingListener();
        AtomicInteger poisoned = new AtomicInteger();
        AlertListener listener = alert -> {
            if (alert.subject().equals(USER) && alert.threshold() == 80) {
                poisoned.incrementAndGet();
                throw new IllegalStateException("planned");
            }
            others.onAlert(alert);
        };
        QuotaGuard guard = closing(QuotaGuard.builder(store)
                .timeout(TIMEOUT)
                .alertPollInterval(Duration.ofMillis(20))
                .parkAlertsAfter(3)
                .listener(listener)
                .build());

        guard.checkAndRecord(line(USER, ARTICLES, 10));
        guard.checkAndRecord(line("team-7", ARTICLES, 10));

        assertThat(others.await(3)).extracting(Alert::subject).containsOnly("team-7");
        Await.until("the two that waited have arrived", () -> {
            advance(Duration.ofSeconds(1));
            return others.calls() >= 5;
        });
        assertThat(others.thresholds()).containsExactly(80, 95, 100, 95, 100);
        assertThat(poisoned).hasValue(3);
        Await.until(
                "all but the parked one are sent",
                () -> guard.alerts().statistics().unsent() == 1);
        assertThat(guard.alerts().parked(0, 10)).extracting(Alert::threshold).containsExactly(80);
    }

    @Test
    @DisplayName("R33: an alert that only waited for another is never parked")
    void waitingIsNoFailure() {
        dailyArticles(10);
        AtomicInteger failures = new AtomicInteger(4);
        RecordingListener taken = new RecordingListener();
        AlertListener listener = alert -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("planned");
            }
            taken.onAlert(alert);
        };
        QuotaGuard guard = closing(QuotaGuard.builder(store)
                .timeout(TIMEOUT)
                .alertPollInterval(Duration.ofMillis(20))
                .parkAlertsAfter(5)
                .listener(listener)
                .build());

        guard.checkAndRecord(line(USER, ARTICLES, 10));

        Await.until("all have arrived", () -> {
            advance(Duration.ofSeconds(1));
            return taken.calls() >= 3;
        });
        assertThat(taken.thresholds()).containsExactly(80, 95, 100);
        assertThat(guard.alerts().statistics().parked()).isZero();
    }
}
