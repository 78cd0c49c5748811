package io.quotaguard.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Spending.Spent;
import io.quotaguard.spi.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A slice on its node")
class SliceTest {
    private static final int MANY = 1_000_000;
    private static final long STOP = 100;
    private final AtomicLong nanos = new AtomicLong();

    private Slice slice(long units) {
        Terms terms = new Terms(
                Standing.GRANTED,
                Limit.of(1_000_000),
                Limit.of(1_000_000),
                Thresholds.DEFAULT,
                LimitSource.NONE,
                Window.PERMANENT,
                null,
                null,
                new CatalogVersion(0, null, 0, 0));
        Line line = new Line("ann", "calls", units, terms);
        return new Slice(
                new Slice.Hold(
                        new UUID(1, 2), "hold", line, line.verdict(null, new Counter(7, units), 0, 0, null), 0, STOP),
                nanos::get);
    }

    private static io.quotaguard.lease.Spent use(String key, long amount) {
        return new io.quotaguard.lease.Spent(key, amount, Map.of());
    }

    @Test
    @DisplayName("R5, R6: a decision tells the totals since the slice was taken; what is not there is not spent")
    void spends() {
        Slice slice = slice(10);

        Decision first = Objects.requireNonNull(slice.spend(use("a", 4), MANY));
        Decision tooMuch = slice.spend(use("b", 7), MANY);

        assertThat(first.used()).isEqualTo(11);
        assertThat(first.held()).isEqualTo(6);
        assertThat(first.key()).isEqualTo("a");
        assertThat(tooMuch).isNull();
        assertThat(slice.left()).isEqualTo(6);
    }

    @Test
    @DisplayName("R35: a thread that was stopped until after the end has spent nothing")
    void stoppedThread() {
        Slice slice = slice(10);
        nanos.set(STOP);

        assertThat(slice.spend(use("a", 1), MANY)).isNull();

        assertThat(slice.take(0).uses()).isEmpty();
    }

    @Test
    @DisplayName("R45: no more uses wait than may be lost")
    void waits() {
        Slice slice = slice(10);

        assertThat(slice.spend(use("a", 1), 2)).isNotNull();
        assertThat(slice.spend(use("b", 1), 2)).isNotNull();
        assertThat(slice.spend(use("c", 1), 2)).isNull();
        assertThat(slice.take(10).uses()).hasSize(2);
        assertThat(slice.spend(use("c", 1), 2)).isNotNull();
    }

    @Test
    @DisplayName(
            "R42: what is taken off is told once, oldest first and with its metadata, and the slice goes on with what it may keep")
    void takes() {
        Slice slice = slice(10);
        Map<String, String> metadata = Map.of("job", "nightly");
        slice.spend(use("a", 1), MANY);
        slice.spend(new io.quotaguard.lease.Spent("b", 2, metadata), MANY);
        assertThat(slice.depth()).isEqualTo(2);
        assertThat(slice.hold().units()).isEqualTo(10);

        Slice.Taken taken = slice.take(5);

        assertThat(taken.uses()).containsExactly(new Spent("a", 1, Map.of()), new Spent("b", 2, metadata));
        assertThat(taken.left()).isEqualTo(5);
        assertThat(slice.left()).isEqualTo(5);
        assertThat(slice.depth()).isZero();
        assertThat(slice.take(9)).isEqualTo(new Slice.Taken(List.of(), 5));
        assertThat(slice.spend(use("c", 5), MANY)).as("exactly what is left").isNotNull();
    }

    @Test
    @DisplayName("R35: a slice is over from its end on, and not a nanosecond before")
    void isOver() {
        Slice slice = slice(10);
        nanos.set(STOP - 1);
        assertThat(slice.isOver()).isFalse();
        assertThat(slice.spend(use("a", 1), MANY)).isNotNull();
        nanos.set(STOP);
        assertThat(slice.isOver()).isTrue();
    }

    @Test
    @DisplayName("R35: a use is either posted or revoked, never both")
    void settlesOnce() {
        io.quotaguard.lease.Spent posted = use("a", 1);
        assertThat(posted.claim()).isTrue();
        assertThat(posted.revoke()).isFalse();
        assertThat(posted.claim()).isFalse();
        io.quotaguard.lease.Spent revoked = use("b", 1);
        assertThat(revoked.revoke()).isTrue();
        assertThat(revoked.claim()).isFalse();
    }

    @Test
    @DisplayName("R35: a slice that has ended has ended for good")
    void ends() {
        Slice slice = slice(10);
        slice.end(false);
        assertThat(slice.wasEnded()).isFalse();
        slice.end(true);
        slice.end(false);
        assertThat(slice.wasEnded()).isTrue();
    }

    @Test
    @DisplayName(
            "R1, R42: threads that spend while another takes off and gives back lose nothing and spend nothing twice")
    void races() throws InterruptedException {
        Slice slice = slice(20_000);
        AtomicLong spent = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(new Thread(() -> {
                while (slice.spend(use("k", 1), MANY) != null) {
                    spent.incrementAndGet();
                }
            }));
        }
        threads.forEach(Thread::start);
        List<Spent> taken = new ArrayList<>();
        long keep = 20_000;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            keep = Math.max(0, keep - 7);
            taken.addAll(slice.take(keep).uses());
        }
        taken.addAll(slice.take(0).uses());

        assertThat(taken).hasSize((int) spent.get());
        assertThat(spent.get()).isLessThanOrEqualTo(20_000);
    }
}
