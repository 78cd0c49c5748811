package io.quotaguard.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("R45: a deadline")
class DeadlineTest {
    @Test
    @DisplayName("has time left until it passes, and from then on none; in milliseconds never less than one")
    void passes() {
        Deadline far = Deadline.after(Deadline.MAX);
        Deadline near = Deadline.after(Duration.ofNanos(1));
        Await.until("the deadline passed", near::hasPassed);

        assertThat(far.hasPassed()).isFalse();
        assertThat(far.remaining()).isBetween(Deadline.MAX.minusMinutes(5), Deadline.MAX);
        assertThat(far.remainingMillis()).isBetween(86_100_000, 86_400_000);
        assertThat(near.remaining()).isLessThanOrEqualTo(Duration.ZERO);
        assertThat(near.remainingMillis()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "leaves a lock a quarter of the time when other calls wait for it to be got, and the end stays the same")
    void shared() {
        Deadline day = Deadline.after(Deadline.MAX);
        Deadline near = Deadline.after(Duration.ofNanos(1));

        assertThat(day.lockMillis()).isBetween(86_100_000, 86_400_000);
        assertThat(day.shared().lockMillis()).isBetween(21_500_000, 21_600_000);
        assertThat(day.shared().remainingMillis()).isBetween(86_100_000, 86_400_000);
        assertThat(near.shared().lockMillis()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "P1DT0.000000001S"})
    @DisplayName("is refused when it lies in the past, now, or more than a day ahead")
    void refused(String timeout) {
        assertThatThrownBy(() -> Deadline.after(Duration.parse(timeout)))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(Duration.parse(timeout).toString())
                .hasMessageContaining("R45");
    }

    @Test
    @DisplayName("waits for a thread's end also when the caller is interrupted, and keeps the interrupt")
    void awaitsEnd() {
        Semaphore end = new Semaphore(0);
        Thread waitedFor = new Thread(end::acquireUninterruptibly);
        waitedFor.start();
        Thread caller = Thread.currentThread();
        Thread helper = new Thread(() -> {
            Await.until("the interrupt was taken", () -> !caller.isInterrupted());
            end.release();
        });
        caller.interrupt();
        helper.start();

        Deadline.after(Duration.ofMinutes(1)).awaitEnd(waitedFor);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(waitedFor.isAlive()).isFalse();
    }
}
