package io.quotaguard.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R33: the dispatcher waits")
class LookoutTest {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    // Starts where the clock of a machine that has run for long may well stand.
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final Lookout lookout = new Lookout(INTERVAL, nanoTime::get);

    @Test
    @DisplayName("its interval when nothing is expected")
    void interval() {
        assertThat(lookout.waitNanos()).isEqualTo(INTERVAL.toNanos());
        nanoTime.addAndGet(Duration.ofDays(1000).toNanos());
        assertThat(lookout.waitNanos()).isEqualTo(INTERVAL.toNanos());
    }

    @Test
    @DisplayName("twice as long each time after something was expected, up to the interval")
    void growing() {
        lookout.expect();
        long waited = 0;
        for (int looks = 0; looks < 8; looks++) {
            long wait = lookout.waitNanos();
            assertThat(wait).isEqualTo(Math.max(Lookout.SHORTEST.toNanos(), waited));
            waited += wait;
            nanoTime.addAndGet(wait);
        }
        assertThat(waited).isEqualTo(Lookout.SHORTEST.multipliedBy(128).toNanos());
        nanoTime.addAndGet(INTERVAL.toNanos());
        assertThat(lookout.waitNanos()).isEqualTo(INTERVAL.toNanos());
    }

    @Test
    @DisplayName("briefly again after something else was expected")
    void again() {
        lookout.expect();
        nanoTime.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(lookout.waitNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        lookout.expect();
        assertThat(lookout.waitNanos()).isEqualTo(Lookout.SHORTEST.toNanos());
    }

    @Test
    @DisplayName("never longer than its interval, however short that is")
    void shortInterval() {
        Lookout often = new Lookout(Duration.ofMillis(1), nanoTime::get);
        often.expect();
        assertThat(often.waitNanos()).isEqualTo(Duration.ofMillis(1).toNanos());
    }
}
