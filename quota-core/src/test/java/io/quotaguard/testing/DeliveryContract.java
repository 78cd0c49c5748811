package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.spi.AlertStore.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R33: from the outbox to the listeners, at least once and in order. */
abstract class DeliveryContract extends ContractGroup {
    private static final Duration LEASE = Duration.ofSeconds(30);

    DeliveryContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private List<Claimed> claim(String dispatcher, int max) {
        return store.alerts().claim(dispatcher, max, LEASE, deadline());
    }

    private List<Integer> claimed(String dispatcher, int max) {
        return claim(dispatcher, max).stream()
                .map(each -> each.alert().threshold())
                .toList();
    }

    private void awaitAllSent() {
        Await.until(
                "all alerts are marked sent",
                () -> store.alerts().statistics(Optional.empty(), deadline()).unsent() == 0);
    }

    /** Lets the store's time go on until {@code listener} has taken {@code count} alerts, whatever delays lie between. */
    private void awaitOverTime(RecordingListener listener, int count) {
        Await.until("the listener has taken " + count + " alerts", () -> {
            advance(Duration.ofSeconds(1));
            return listener.alerts().size() >= count;
        });
    }

    @Test
    @DisplayName("R33: a listener hears each alert with the payload of its firing, and then it is marked sent")
    void listenerHearsEachAlert() {
        dailyArticles(10);
        RecordingListener listener = new RecordingListener();
        QuotaGuard guard = guard(store, listener);

        guard.checkAndRecord(line(USER, ARTICLES, 10));

        assertThat(listener.await(3)).extracting(Alert::threshold).containsExactly(80, 95, 100);
        assertThat(listener.alerts()).extracting(Alert::used).containsOnly(10L);
        awaitAllSent();
        assertThat(alerts(USER))
                .extracting(Alert::id)
                .containsExactlyElementsOf(
                        listener.alerts().stream().map(Alert::id).toList());
        assertThat(listener.calls()).isEqualTo(3);
    }

    @Test
    @DisplayName("R33: what another node fired, or nobody was there to hear, is picked up from the outbox")
    void pickedUpFromTheOutbox() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        RecordingListener listener = new RecordingListener();

        guard(fixture.anotherNode(), listener);

        listener.await(3);
        awaitAllSent();
    }

    @Test
    @DisplayName("R33: a change that fires alerts has them delivered too")
    void alertsOfAChange() {
        dailyArticles(100);
        plan("small", feature(ARTICLES, 10, ResetPeriod.DAILY));
        RecordingListener listener = new RecordingListener();
        QuotaGuard guard = guard(store, listener);
        guard.checkAndRecord(line(USER, ARTICLES, 9));

        guard.subscriptions().subscribe(USER, "small", BY_TEST);

        listener.await(1);
    }

    @Test
    @DisplayName(
            "R33: a listener that blocks holds up neither the caller nor another listener, and nothing is marked meanwhile")
    void blockingListener() {
        dailyArticles(10);
        RecordingListener blocking = new RecordingListener();
        RecordingListener other = new RecordingListener();
        blocking.block();
        QuotaGuard guard = guard(store, blocking, other);

        assertAllowed(guard.checkAndRecord(line(USER, ARTICLES, 10)));

        other.await(3);
        assertThat(guard.checkAndRecord(USER, ARTICLES).used()).isEqualTo(10);
        assertThat(quota.alerts().unsent(USER, 10)).hasSize(3);
        blocking.unblock();
        blocking.await(3);
        awaitAllSent();
        assertThat(other.calls()).isEqualTo(3);
    }

    @Test
    @DisplayName("R33: a listener that throws has the alert again later, in order, and the other listener does not")
    void throwingListener() {
        dailyArticles(10);
        RecordingListener throwing = new RecordingListener();
        RecordingListener other = new RecordingListener();
        throwing.throwNext(new IllegalStateException("planned"), new java.io.IOException("planned"));
        QuotaGuard guard = guard(store, throwing, other);

        assertAllowed(guard.checkAndRecord(line(USER, ARTICLES, 10)));
        other.await(1);
        awaitOverTime(throwing, 3);

        assertThat(throwing.thresholds()).containsExactly(80, 95, 100);
        awaitOverTime(other, 3);
        assertThat(other.thresholds()).containsExactly(80, 95, 100);
        awaitAllSent();
    }

    @Test
    @DisplayName("R33: an Error from a listener is like any other failure")
    void errorFromAListener() {
        dailyArticles(10);
        RecordingListener failing = new RecordingListener();
        failing.throwNext(new StackOverflowError("planned"), new AssertionError("planned"));
        QuotaGuard guard = guard(store, failing);

        assertAllowed(guard.checkAndRecord(line(USER, ARTICLES, 9)));
        awaitOverTime(failing, 1);

        awaitAllSent();
        assertAllowed(guard.checkAndRecord(USER, ARTICLES));
        awaitOverTime(failing, 3);
        assertThat(failing.thresholds()).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R33: what a dispatcher claimed before it died comes again when its lease has passed, and not before")
    void claimedAndDied() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        assertThat(claimed("dead", 10)).containsExactly(80, 95, 100);

        assertThat(claimed("other", 10)).isEmpty();
        advance(LEASE.minusNanos(1000));
        assertThat(claimed("other", 10)).isEmpty();
        advance(Duration.ofNanos(1000));

        assertThat(claim("other", 10)).extracting(Claimed::attempts).containsExactly(1, 1, 1);
    }

    @Test
    @DisplayName("R33: a counter's later alert waits for the earlier one, except in the hands that hold it")
    void orderPerCounter() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        assertThat(claimed("one", 1)).containsExactly(80);

        assertThat(claimed("two", 10)).isEmpty();
        List<Claimed> rest = claim("one", 10);
        assertThat(rest).extracting(each -> each.alert().threshold()).containsExactly(95, 100);
        store.alerts().putOff(ids(rest), Duration.ofSeconds(5), deadline());
        advance(Duration.ofSeconds(6));
        assertThat(claimed("two", 10)).isEmpty();
        store.alerts().markSent(List.of(alerts(USER).get(0).id()), deadline());

        assertThat(claimed("two", 1)).containsExactly(95);
    }

    @Test
    @DisplayName("R33: counters do not wait for each other, and a claim takes no more than it asked for")
    void countersDoNotWait() {
        dailyArticles(10);
        for (String subject : List.of("a", "b", "c")) {
            subscribe(subject, "free");
            use(subject, ARTICLES, 8);
        }

        List<Claimed> first = claim("one", 2);
        List<Claimed> second = claim("two", 2);

        assertThat(first).extracting(each -> each.alert().subject()).containsExactly("a", "b");
        assertThat(second).extracting(each -> each.alert().subject()).containsExactly("c");
    }

    @Test
    @DisplayName("R33: what was put off is due after its delay, and counts the attempt")
    void putOff() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);
        List<Claimed> first = claim("one", 10);
        assertThat(first).extracting(Claimed::attempts).containsExactly(0);
        store.alerts().putOff(ids(first), Duration.ofSeconds(5), deadline());

        advance(Duration.ofSeconds(5).minusNanos(1000));
        assertThat(claim("two", 10)).isEmpty();
        advance(Duration.ofNanos(1000));

        assertThat(claim("two", 10)).extracting(Claimed::attempts).containsExactly(1);
    }

    @Test
    @DisplayName("R33: marking is counted once, and what is sent is never claimed again")
    void markedOnce() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        List<Long> ids = ids(claim("one", 10));

        assertThat(store.alerts().markSent(ids.subList(0, 2), deadline())).isEqualTo(2);
        assertThat(store.alerts().markSent(ids, deadline())).isEqualTo(1);
        assertThat(store.alerts().markSent(ids, deadline())).isZero();
        advance(Duration.ofHours(1));

        assertThat(claim("two", 10)).isEmpty();
    }

    @Test
    @DisplayName("R33: several nodes share the work, and each alert is taken by one of them")
    void nodesShareTheWork() {
        dailyArticles(10);
        RecordingListener one = new RecordingListener();
        RecordingListener two = new RecordingListener();
        guard(store, one);
        guard(fixture.anotherNode(), two);

        for (int n = 0; n < 20; n++) {
            subscribe("subject-" + n, "free");
            use("subject-" + n, ARTICLES, 10);
        }

        awaitAllSent();
        Await.until("60 alerts were heard", () -> one.calls() + two.calls() >= 60);
        assertThat(one.calls() + two.calls()).isEqualTo(60);
    }

    private static List<Long> ids(List<Claimed> claimed) {
        return claimed.stream().map(each -> each.alert().id()).toList();
    }
}
