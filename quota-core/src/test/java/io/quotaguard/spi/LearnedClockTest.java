package io.quotaguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R19: a clock that learns the store's time from replies")
class LearnedClockTest {
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");

    private final SettableClock local = new SettableClock(NOON);
    private final LearnedClock clock = new LearnedClock(local);

    @Test
    @DisplayName("shows the local time until it has learned")
    void beforeItLearned() {
        assertThat(clock.instant()).isEqualTo(NOON);
    }

    @Test
    @DisplayName("takes the store's time for that of the middle between sending and receiving")
    void middle() {
        Instant sent = clock.sending();
        local.advance(Duration.ofMillis(100));

        clock.observe(sent, NOON.plusSeconds(3600).plusMillis(50));

        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(3600).plusMillis(100));
        local.advance(Duration.ofSeconds(5));
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(3605).plusMillis(100));
        assertThat(clock.sending())
                .as("its own time, whatever it learned")
                .isEqualTo(NOON.plusSeconds(5).plusMillis(100));
    }

    @Test
    @DisplayName("follows a store whose clock is set back, and does not follow noise")
    void followsAndIgnores() {
        clock.observe(local.instant(), NOON.minusSeconds(60));
        assertThat(clock.instant()).isEqualTo(NOON.minusSeconds(60));

        clock.observe(local.instant(), NOON.minusSeconds(60).plusMillis(1));
        assertThat(clock.instant()).isEqualTo(NOON.minusSeconds(60));
        clock.observe(local.instant(), NOON.minusSeconds(60).plusMillis(2));
        assertThat(clock.instant()).isEqualTo(NOON.minusSeconds(60).plusMillis(2));
    }
}
