package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R25: a grace period")
class GracePeriodTest {
    private static final int READERS = 7;
    private static final int PUBLISHED = 200;

    private final GracePeriod grace = new GracePeriod();

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    @Test
    @DisplayName("is over at once when nobody decides, and waits for nobody who came later")
    void laterOnes() {
        grace.await(soon());
        int before = grace.enter();
        grace.leave(before);
        grace.await(soon());
        CompletableFuture<Integer> later = new CompletableFuture<>();
        int early = grace.enter();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> grace.await(soon()));
        Thread comer = new Thread(() -> later.complete(enterAnotherEpoch(early)));
        comer.start();
        int late = later.join();

        grace.leave(early);

        waiting.join();
        grace.leave(late);
    }

    /** Enters until the publisher has turned the epoch, so that this one is surely a later one. */
    private int enterAnotherEpoch(int early) {
        int[] slot = new int[1];
        Await.until("the epoch turned", () -> {
            slot[0] = grace.enter();
            boolean turned = GracePeriod.parity(slot[0]) != GracePeriod.parity(early);
            if (!turned) {
                grace.leave(slot[0]);
            }
            return turned;
        });
        return slot[0];
    }

    @Test
    @DisplayName("waits for who came before, up to the deadline, and the next one waits for that one still")
    void earlierOnes() {
        int slot = grace.enter();

        assertThatThrownBy(() -> grace.await(Deadline.after(Duration.ofMillis(30))))
                .isInstanceOf(QuotaUnavailableException.class);
        assertThatThrownBy(() -> grace.await(Deadline.after(Duration.ofMillis(30))))
                .isInstanceOf(QuotaUnavailableException.class);
        grace.leave(slot);
        grace.await(soon());
        grace.await(soon());
    }

    @Test
    @DisplayName("lets no reader see what was published before it any more, under load")
    void noReaderIsLeftBehind() {
        AtomicLong published = new AtomicLong();
        AtomicLong retired = new AtomicLong(-1);
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        CompletableFuture<?>[] readers = new CompletableFuture<?>[READERS];
        for (int n = 0; n < READERS; n++) {
            readers[n] = CompletableFuture.runAsync(
                    () -> {
                        while (!done.get()) {
                            int slot = grace.enter();
                            long seen = published.get();
                            // What others do meanwhile must not show.
                            LockSupport.parkNanos(1);
                            wrong.addAndGet(seen <= retired.get() ? 1 : 0);
                            grace.leave(slot);
                            reads.incrementAndGet();
                        }
                    },
                    work -> new Thread(work).start());
        }

        // Each waits for readers that the machine has put aside: few, since a crowded one takes its time over that.
        for (long value = 1; value <= PUBLISHED; value++) {
            published.set(value);
            grace.await(soon());
            retired.set(value - 1);
        }
        Await.until("the readers worked", () -> reads.get() > PUBLISHED);
        done.set(true);
        CompletableFuture.allOf(readers).join();

        assertThat(wrong.get()).isZero();
    }
}
