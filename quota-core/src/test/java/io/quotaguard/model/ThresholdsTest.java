package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Thresholds")
class ThresholdsTest {
    @Test
    @DisplayName("R26: are percentages from 1 to 1000, in the order in which they fire")
    void range() {
        assertThat(Thresholds.of(1, 2, 1000).percents()).containsExactly(1, 2, 1000);
        assertThat(Thresholds.DEFAULT.percents()).containsExactly(80, 95, 100);
        assertThat(Thresholds.NONE.percents()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-80, 0, 1001})
    @DisplayName("R26: a percentage outside is refused by an error that shows it")
    void outside(int percent) {
        assertThatThrownBy(() -> Thresholds.of(percent))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R26")
                .hasMessageContaining(Integer.toString(percent));
    }

    @Test
    @DisplayName(
            "R27: a percentage that comes twice, or after a higher one, is refused by an error that shows them all")
    void disorder() {
        assertThatThrownBy(() -> Thresholds.of(80, 80))
                .hasMessageContaining("R27")
                .hasMessageContaining("[80, 80]");
        assertThatThrownBy(() -> Thresholds.of(80, 95, 90)).hasMessageContaining("R27");
    }
}
