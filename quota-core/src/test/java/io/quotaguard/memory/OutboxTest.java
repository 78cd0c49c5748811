package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertLevel;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.AlertStore.Claimed;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The outbox in memory")
class OutboxTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final Bench bench = new Bench();

    private List<Claimed> claim(String dispatcher, int max) {
        return bench.store().alerts().claim(dispatcher, max, LEASE, Bench.soon());
    }

    private static List<Long> ids(List<Claimed> claimed) {
        return claimed.stream().map(each -> each.alert().id()).toList();
    }

    private int markSent(Long... ids) {
        return bench.store().alerts().markSent(Arrays.asList(ids), Bench.soon());
    }

    private void putOff(Duration delay, Long... ids) {
        bench.store().alerts().putOff(Arrays.asList(ids), delay, Bench.soon());
    }

    @Test
    @DisplayName("R33: a claim gives the oldest alerts by id, and nobody gets one that is in other hands")
    void oldestFirst() {
        bench.record("a", 85, 100);
        bench.record("b", 100, 100);
        bench.record("a", 15, 100);

        assertThat(ids(claim("one", 3))).containsExactly(1L, 2L, 3L);
        assertThat(ids(claim("two", 10)))
                .as("4 and 5 follow 2 and 3, which are in hands: 4 ends b's, 5 and 6 are a's")
                .isEmpty();
        assertThat(ids(claim("one", 10)))
                .as("whoever holds the earlier ones goes on")
                .containsExactly(4L, 5L, 6L);
    }

    @Test
    @DisplayName("R33: what was marked sent never comes again, and marking twice counts once")
    void markedSent() {
        bench.record("a", 100, 100);
        assertThat(ids(claim("one", 1))).containsExactly(1L);
        assertThat(markSent(1L, 99L)).isEqualTo(1);
        assertThat(markSent(1L)).isZero();

        assertThat(ids(claim("two", 10))).containsExactly(2L, 3L);
        bench.pass(LEASE);
        assertThat(ids(claim("two", 10))).containsExactly(2L, 3L);
    }

    @Test
    @DisplayName("R33: a lease that ran out gives the alert to the next dispatcher, with the attempts counted")
    void leaseExpires() {
        bench.record("a", 95, 100);
        assertThat(claim("one", 10)).extracting(Claimed::attempts).containsExactly(0, 0);
        bench.pass(LEASE.minusNanos(1));
        assertThat(claim("two", 10)).isEmpty();
        bench.pass(Duration.ofNanos(1));
        assertThat(claim("two", 10)).extracting(Claimed::attempts).containsExactly(1, 1);
        assertThat(claim("one", 10)).isEmpty();
    }

    @Test
    @DisplayName("R33: an alert put off waits its delay, and the later ones of its counter wait behind it")
    void putOffHoldsBackTheCounter() {
        bench.record("a", 100, 100);
        bench.record("b", 80, 100);
        assertThat(ids(claim("one", 1))).containsExactly(1L);
        putOff(Duration.ofMinutes(5), 1L);

        assertThat(ids(claim("one", 10))).as("b's alone").containsExactly(4L);
        bench.pass(Duration.ofMinutes(5).minusNanos(1));
        assertThat(ids(claim("two", 10))).as("b's lease ran out").containsExactly(4L);
        bench.pass(Duration.ofNanos(1));
        assertThat(ids(claim("two", 10))).containsExactly(1L, 2L, 3L);
    }

    @Test
    @DisplayName("R33: when leases of one counter end at different times, nothing overtakes")
    void leasesEndInTurn() {
        bench.record("a", 100, 100);
        assertThat(ids(claim("one", 1))).containsExactly(1L);
        bench.pass(Duration.ofSeconds(30));
        assertThat(ids(claim("one", 1))).containsExactly(2L);
        bench.pass(Duration.ofSeconds(30));

        assertThat(ids(claim("two", 10)))
                .as("2 is still held by one, so 3 may not go")
                .containsExactly(1L);
        bench.pass(Duration.ofSeconds(30));
        assertThat(ids(claim("two", 10))).containsExactly(2L, 3L);
    }

    @Test
    @DisplayName("R33: an alert in the middle that was put off holds back what follows, also for its holder")
    void putOffInTheMiddle() {
        bench.record("a", 100, 100);
        assertThat(ids(claim("one", 2))).containsExactly(1L, 2L);
        putOff(Duration.ofHours(1), 2L);

        assertThat(claim("one", 10)).isEmpty();
        markSent(1L);
        assertThat(claim("one", 10)).isEmpty();
        bench.pass(Duration.ofHours(1));
        assertThat(ids(claim("one", 10))).containsExactly(2L, 3L);
    }

    @Test
    @DisplayName("Alerts are listed in the order of firing, by subject, unsent or all, page by page")
    void list() {
        bench.record("a", 100, 100);
        bench.record("b", 100, 100);
        markSent(2L, 5L);

        assertThat(list(Optional.empty(), AlertStore.Which.ALL, 0, 100)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(list(Optional.empty(), AlertStore.Which.UNSENT, 0, 100)).containsExactly(1L, 3L, 4L, 6L);
        assertThat(list(Optional.of("b"), AlertStore.Which.UNSENT, 0, 100)).containsExactly(4L, 6L);
        assertThat(list(Optional.of("b"), AlertStore.Which.ALL, 4, 1)).containsExactly(5L);
        assertThat(list(Optional.of("nobody"), AlertStore.Which.ALL, 0, 100)).isEmpty();
        assertThat(bench.store().alerts().list(Optional.of("a"), AlertStore.Which.ALL, 1, 1, Bench.soon()))
                .extracting(Alert::sent)
                .containsExactly(true);
    }

    private List<Long> list(Optional<String> subject, AlertStore.Which which, long afterId, int limit) {
        return bench.store().alerts().list(subject, which, afterId, limit, Bench.soon()).stream()
                .map(Alert::id)
                .toList();
    }

    @Test
    @DisplayName("Statistics count what fired by level, and what is unsent")
    void statistics() {
        bench.record("a", 100, 100);
        bench.record("b", 80, 100);
        markSent(1L);

        AlertStatistics all = bench.store().alerts().statistics(Optional.empty(), Bench.soon());
        assertThat(all.fired())
                .containsEntry(AlertLevel.WARNING, 2L)
                .containsEntry(AlertLevel.CRITICAL, 1L)
                .containsEntry(AlertLevel.EXHAUSTED, 1L);
        assertThat(all.unsent()).isEqualTo(3);
        assertThat(bench.store()
                        .alerts()
                        .statistics(Optional.of("b"), Bench.soon())
                        .total())
                .isEqualTo(1);
    }
}
