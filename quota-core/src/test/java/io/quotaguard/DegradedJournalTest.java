package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.FaultyStore;
import io.quotaguard.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R43: the journal of degraded uses")
class DegradedJournalTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final FaultyStore store = new FaultyStore(new InMemoryQuotaStore());
    private final AtomicInteger alerts = new AtomicInteger();
    private final DegradedJournal journal = new DegradedJournal(store, TIMEOUT, 150, alerts::incrementAndGet);

    @AfterEach
    void close() {
        store.heal();
        journal.close();
    }

    private static Command post(String key, long amount) {
        Terms terms = new Terms(
                Standing.GRANTED,
                Limit.of(100),
                Limit.of(100),
                Thresholds.DEFAULT,
                LimitSource.NONE,
                Window.PERMANENT,
                null,
                null,
                new CatalogVersion(0, null, 0, 0));
        return new Command(Operation.POST, key, List.of(new Line("user-42", "articles", amount, terms)), Map.of());
    }

    private List<UsageRecord> rows() {
        return store.ledger().records(UsageQuery.of("user-42").pageSize(1000), Deadline.after(TIMEOUT));
    }

    private void awaitPosted() {
        Await.until("everything is posted", () -> journal.size() == 0);
    }

    @Test
    @DisplayName("posts what it is given, and tells of the alerts that this fires")
    void posts() {
        assertThat(journal.add(post("a", 79))).isTrue();
        assertThat(journal.add(post("b", 2))).isTrue();

        awaitPosted();

        assertThat(rows()).extracting(UsageRecord::key).containsExactly("b", "a");
        Await.until("the alert was told", () -> alerts.get() == 1);
    }

    @Test
    @DisplayName("holds what the store does not take, all of it counted, and posts it in order when the store is back")
    void holds() {
        store.failAlways(Fault.UNAVAILABLE);
        for (int n = 0; n < 120; n++) {
            assertThat(journal.add(post("key-" + n, 1))).isTrue();
        }
        Await.until("posting was tried", () -> store.executions() > 1);
        assertThat(journal.size()).isEqualTo(120);

        store.heal();
        awaitPosted();

        assertThat(rows()).hasSize(120);
        assertThat(rows().get(0).key()).isEqualTo("key-119");
        assertThat(rows().get(119).key()).isEqualTo("key-0");
    }

    @Test
    @DisplayName("takes no more than its capacity, what is being posted included, and takes more when there is room")
    void capacity() {
        store.failAlways(Fault.HANGING);
        for (int n = 0; n < 150; n++) {
            assertThat(journal.add(post("key-" + n, 1))).isTrue();
        }
        Await.until("posting was tried", () -> store.executions() > 0);

        assertThat(journal.add(post("one-too-many", 1))).isFalse();
        assertThat(journal.size()).isEqualTo(150);
        store.heal();
        awaitPosted();

        assertThat(journal.add(post("later", 1))).isTrue();
        awaitPosted();
        assertThat(rows()).hasSize(151).noneMatch(row -> row.key().equals("one-too-many"));
    }

    @Test
    @DisplayName("posts what is left also when whoever closes it is interrupted, and leaves him interrupted")
    void closedWhileInterrupted() throws InterruptedException {
        store.failAlways(Fault.HANGING);
        journal.add(post("a", 5));
        Await.until("posting was tried", () -> store.executions() > 0);
        AtomicInteger left = new AtomicInteger(-1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            journal.close();
            left.set(journal.size());
            interrupted.set(Thread.interrupted());
        });

        closer.start();
        Await.until(
                "it waits, or has given up",
                () -> closer.getState() == Thread.State.TIMED_WAITING || !closer.isAlive());
        store.heal();
        closer.join();

        assertThat(left).hasValue(0);
        assertThat(interrupted).isTrue();
        assertThat(rows()).hasSize(1);
    }

    @Test
    @DisplayName("posts again what the store's answer to was lost, and it is counted once")
    void lostAnswer() {
        store.failNext(2, Fault.REPLY_LOST);

        journal.add(post("a", 5));
        awaitPosted();

        assertThat(rows()).hasSize(1);
    }

    @Test
    @DisplayName("keeps what a store that throws was given")
    void throwingStore() {
        store.failNext(1, Fault.BROKEN);

        journal.add(post("a", 5));
        awaitPosted();

        assertThat(rows()).hasSize(1);
    }

    @Test
    @DisplayName("lets go of what can never be posted, and goes on with the rest")
    void conflict() {
        journal.add(post("a", 5));
        awaitPosted();

        journal.add(post("a", 6));
        journal.add(post("b", 1));
        awaitPosted();

        assertThat(rows()).extracting(UsageRecord::amount).containsExactly(1L, 5L);
    }

    @Test
    @DisplayName("tries once more when it is closed, also while it waits to try again, and takes nothing afterwards")
    void closing() {
        store.failNext(1, Fault.UNAVAILABLE);
        journal.add(post("a", 5));
        Await.until("posting was tried", () -> store.executions() > 0);

        journal.close();

        assertThat(rows()).hasSize(1);
        assertThat(journal.size()).isZero();
        assertThat(journal.add(post("b", 1))).isFalse();
    }

    @Test
    @DisplayName("ends in bounded time when the store hangs, and says how much is left")
    void closingWhileTheStoreHangs() {
        store.failAlways(Fault.HANGING);
        journal.add(post("a", 5));

        long start = System.nanoTime();
        journal.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(journal.size()).isEqualTo(1);
    }
}
