package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.AlertLatch.Crossing;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Thresholds;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The latch of a counter's alerts")
class AlertLatchTest {
    private static final Limit HUNDRED = Limit.of(100);

    @Test
    @DisplayName("R27, R29: a lower threshold that came later is armed again after those above it, not before")
    void keepsOrder() {
        AlertLatch latch = new AlertLatch();
        latch.turn(Objects.requireNonNull(latch.crossing(0, 85, HUNDRED, Thresholds.of(80))));
        Thresholds more = Thresholds.of(50, 80);
        latch.turn(Objects.requireNonNull(latch.crossing(85, 86, HUNDRED, more)));

        assertThat(latch.fired()).containsExactly(50, 80);
        assertThat(latch.crossing(86, 60, HUNDRED, more)).isEqualTo(new Crossing(List.of(50), List.of(), true));
    }
}
