package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.spi.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AcquisitionWatchdogTest {
    private final AcquisitionWatchdog watchdog = new AcquisitionWatchdog("watchdog-under-test");

    @AfterEach
    void close() {
        watchdog.close();
    }

    @Test
    @DisplayName("R45: what waits beyond the deadline is interrupted, and the interrupt is gone afterwards")
    void interrupts() {
        long start = System.nanoTime();
        assertThatThrownBy(() -> watchdog.within(Deadline.after(Duration.ofMillis(50)), AcquisitionWatchdogTest::never))
                .isInstanceOf(SQLException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    @DisplayName("R45: no interrupt escapes, however close the acquisition and the deadline come to each other")
    void noStrayInterrupt() throws SQLException {
        for (int i = 0; i < 2000; i++) {
            long micros = ThreadLocalRandom.current().nextLong(3000);
            watchdog.within(Deadline.after(Duration.ofMillis(2)), () -> {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
                return "connection";
            });
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    @DisplayName("R45: an interrupt of the host's own stays with its thread")
    void keepsTheHostsInterrupt() throws SQLException {
        Thread.currentThread().interrupt();
        try {
            watchdog.within(Deadline.after(Duration.ofMillis(1)), () -> {
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(40);
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                return "connection";
            });
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    @DisplayName("R45: it wakes up again after a long rest")
    void wakesUp() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        interrupts();
    }

    /** As a pool does that has no connection left. */
    private static String never() throws SQLException {
        try {
            new Semaphore(0).acquire();
            return "never";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
    }
}
