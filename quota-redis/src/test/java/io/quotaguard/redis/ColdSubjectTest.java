package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testbed.EmbeddedRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A subject that many ask for before it is loaded (F1, R45)")
class ColdSubjectTest {
    private static final int THREADS = 16;

    private final List<Thread> callers = new CopyOnWriteArrayList<>();
    private final ExecutorService pool = Executors.newFixedThreadPool(THREADS, work -> {
        Thread thread = new Thread(work);
        callers.add(thread);
        return thread;
    });
    private EmbeddedRedis redis;
    private FaultBench bench;
    private GatedLedger ledger;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = FaultBench.on(redis.uri());
        ledger = bench.gateLedger();
        bench.start(1, 1_000);
    }

    @AfterEach
    void stop() {
        ledger.open();
        pool.shutdownNow();
        bench.close();
        redis.close();
    }

    @Test
    @DisplayName("R45: is loaded once for all of them, and each is decided by the second script that it sends")
    void loadedOnce() throws Exception {
        // Both are known to the guard; what is on its way into the ledger keeps the other from being loaded.
        bench.guard().check("warm", ARTICLES);
        ledger.shut();
        bench.guard().checkAndRecord("warm", ARTICLES);
        FaultBench.await("it is on its way", ledger::hasOneWaiting);
        long before = ScriptCount.of(redis);

        List<Future<Boolean>> calls = new ArrayList<>();
        for (int n = 0; n < THREADS; n++) {
            calls.add(pool.submit(
                    () -> bench.guard().checkAndRecord(USER, ARTICLES).allowed()));
        }
        // One of them is at it, as its second script shows.
        FaultBench.await(
                "all wait",
                () -> ScriptCount.of(redis) - before >= 2 && callers.stream().allMatch(ColdSubjectTest::waits));
        ledger.open();
        for (Future<Boolean> call : calls) {
            assertThat(call.get()).isTrue();
        }

        long sent = ScriptCount.of(redis) - before;
        System.out.printf("ColdSubjectTest: %d scripts for %d calls%n", sent, THREADS);
        assertThat(ledger.executed()).as("calls carried out behind").isZero();
        assertThat(sent).isLessThanOrEqualTo(3L * THREADS);
        assertThat(bench.guard().check(USER, ARTICLES).used()).isEqualTo(THREADS);
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }
}
