package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A caller who is interrupted (R45)")
class InterruptedUseTest {
    /** Longer than the end of a call is waited for: one that lasts until then fails its test. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private EmbeddedRedis redis;
    private FaultBench bench;
    private GatedLedger ledger;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = FaultBench.on(redis.uri());
        ledger = bench.gateLedger();
        bench.timeout(LONG).start(1, 1_000);
    }

    @AfterEach
    void stop() {
        ledger.open();
        bench.close();
        redis.close();
    }

    /** What became of an interrupted call. */
    private record Ended(@Nullable QuotaException failure, boolean flagged) {}

    @Test
    @DisplayName("R45: while others change what it asks for waits no longer, records nothing and finds its flag set")
    void heldUp() throws InterruptedException {
        bench.guard().check("other", ARTICLES);
        bench.guard().checkAndRecord(USER, ARTICLES);
        FaultBench.await("it is posted", () -> bench.used(USER) == 1);
        ledger.shut();
        bench.guard().checkAndRecord("other", ARTICLES);
        FaultBench.await("it is on its way", ledger::hasOneWaiting);
        // It is carried out behind, once what is on its way is there, and keeps all others off the subject until then.
        Thread reserving = started(() -> bench.guard().reserve(Usage.of(USER, ARTICLES), Duration.ofMinutes(5)));
        FaultBench.await("it has the fence up", () -> isIn(reserving, Drain.class));
        CompletableFuture<Ended> ended = new CompletableFuture<>();
        Thread using = started(() -> ended.complete(interrupted(bench.guard())));
        FaultBench.await("the use is held up", () -> isIn(using, Turns.class));

        using.interrupt();

        Await.until("it ends", ended::isDone);
        assertThat(ended.join().failure())
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("interrupted");
        assertThat(ended.join().flagged()).as("still interrupted").isTrue();
        ledger.open();
        reserving.join();
        assertThat(bench.used(USER)).isEqualTo(1);
    }

    private static Ended interrupted(QuotaGuard guard) {
        try {
            guard.checkAndRecord(USER, ARTICLES);
            return new Ended(null, Thread.currentThread().isInterrupted());
        } catch (QuotaException e) {
            return new Ended(e, Thread.currentThread().isInterrupted());
        }
    }

    private static Thread started(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static boolean isIn(Thread thread, Class<?> type) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(type.getName()));
    }
}
