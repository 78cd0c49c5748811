package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("R6: an amount")
class UnitsTest {
    @Test
    @DisplayName("is at least one unit and at most the largest sum, the last whole number that a double tells apart")
    void range() {
        assertThat(Units.requireAmount(1)).isEqualTo(1);
        assertThat(Units.requireAmount(Units.MAX)).isEqualTo(9_007_199_254_740_991L);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Units.MAX + 1})
    @DisplayName("outside is refused by an error that shows it")
    void outside(long amount) {
        assertThatThrownBy(() -> Units.requireAmount(amount))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R6")
                .hasMessageContaining(Long.toString(amount));
    }
}
