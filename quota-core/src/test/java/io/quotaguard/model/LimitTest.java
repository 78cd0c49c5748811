package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A limit")
class LimitTest {
    private static final Limit TEN = Limit.of(10);
    private static final Limit UNLIMITED = Limit.unlimited();

    @ParameterizedTest
    @ValueSource(longs = {-2, Long.MIN_VALUE, Units.MAX + 1, Long.MAX_VALUE})
    @DisplayName("R4: is a number up to the largest sum, or -1; anything else is refused by an error that shows it")
    void outside(long units) {
        assertThatThrownBy(() -> Limit.of(units))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(Long.toString(units))
                .hasMessageContaining("R4");
    }

    @Test
    @DisplayName("R4: zero, the largest sum and unlimited are limits, and three different ones")
    void threeStates() {
        assertThat(Limit.of(0).isUnlimited()).isFalse();
        assertThat(Limit.of(Units.MAX).isUnlimited()).isFalse();
        assertThat(Limit.of(-1)).isEqualTo(new Limit(-1)).isEqualTo(UNLIMITED);
        assertThat(UNLIMITED.isUnlimited()).isTrue();
        assertThat(Limit.of(0)).hasToString("0");
        assertThat(TEN).hasToString("10");
        assertThat(UNLIMITED).hasToString("unlimited");
    }

    @Test
    @DisplayName("R1: admits what fits beside what is taken, exactly up to itself")
    void admits() {
        assertThat(TEN.admits(0, 10)).isTrue();
        assertThat(TEN.admits(7, 3)).isTrue();
        assertThat(TEN.admits(7, 4)).isFalse();
        assertThat(TEN.admits(10, 0)).isTrue();
        assertThat(TEN.admits(11, 0))
                .as("a lowered limit, above which nothing fits")
                .isFalse();
        assertThat(Limit.of(0).admits(0, 1)).isFalse();
        assertThat(UNLIMITED.admits(Units.MAX, Units.MAX)).isTrue();
    }

    @Test
    @DisplayName("R6: compares sums that no long could hold")
    void admitsWithoutOverflow() {
        assertThat(TEN.admits(1, Long.MAX_VALUE)).isFalse();
        assertThat(TEN.admits(Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
    }

    @Test
    @DisplayName("R5: what remains is never negative, and absent when unlimited")
    void remaining() {
        assertThat(TEN.remaining(3)).hasValue(7);
        assertThat(TEN.remaining(10)).hasValue(0);
        assertThat(TEN.remaining(12)).hasValue(0);
        assertThat(UNLIMITED.remaining(3)).isEmpty();
    }

    @Test
    @DisplayName("R41: of what was recorded, the units above the limit are overage, and no more than was recorded")
    void overage() {
        assertThat(TEN.overage(10, 4)).isZero();
        assertThat(TEN.overage(11, 4)).isEqualTo(1);
        assertThat(TEN.overage(20, 4)).isEqualTo(4);
        assertThat(UNLIMITED.overage(20, 4)).isZero();
    }

    @Test
    @DisplayName("R26: is reached from its share on, in exact integers, up to a thousand percent of the largest sum")
    void reached() {
        assertThat(Limit.of(100).reached(79, 80)).isFalse();
        assertThat(Limit.of(100).reached(80, 80)).isTrue();
        assertThat(Limit.of(3).reached(2, 67)).isFalse();
        assertThat(Limit.of(3).reached(2, 66)).isTrue();
        assertThat(Limit.of(Units.MAX).reached(Units.MAX, 100)).isTrue();
        assertThat(Limit.of(Units.MAX).reached(Units.MAX - 1, 100)).isFalse();
        assertThat(Limit.of(Units.MAX).reached(Units.MAX, 1000)).isFalse();
    }

    @Test
    @DisplayName("R31: nothing reaches a share of zero or of unlimited")
    void noPercentages() {
        assertThat(Limit.of(0).reached(0, 80)).isFalse();
        assertThat(Limit.of(0).reached(5, 80)).isFalse();
        assertThat(UNLIMITED.reached(Units.MAX, 1)).isFalse();
    }

    @Test
    @DisplayName("R38: with units on top it is so much higher, and never above the largest sum")
    void plus() {
        assertThat(TEN.plus(5)).isEqualTo(Limit.of(15));
        assertThat(TEN.plus(0)).isSameAs(TEN);
        assertThat(Limit.of(Units.MAX - 1).plus(5)).isEqualTo(Limit.of(Units.MAX));
        assertThat(UNLIMITED.plus(5)).isEqualTo(UNLIMITED);
    }

    @Test
    @DisplayName("R21: is below a larger one and below unlimited, and not below itself")
    void isBelow() {
        assertThat(TEN.isBelow(Limit.of(11))).isTrue();
        assertThat(TEN.isBelow(Limit.of(10))).isFalse();
        assertThat(TEN.isBelow(Limit.of(9))).isFalse();
        assertThat(TEN.isBelow(UNLIMITED)).isTrue();
        assertThat(UNLIMITED.isBelow(TEN)).isFalse();
        assertThat(UNLIMITED.isBelow(UNLIMITED)).isFalse();
    }
}
