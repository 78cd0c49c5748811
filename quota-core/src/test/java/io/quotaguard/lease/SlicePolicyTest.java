package io.quotaguard.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Units;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The policy of slices")
class SlicePolicyTest {
    private static final SlicePolicy POLICY = SlicePolicy.fixed(10);
    private static final Duration TINY = Duration.ofNanos(1);

    @Test
    @DisplayName(
            "R6: a slice has at least one unit, at most the largest sum, and the largest is not below the smallest")
    void units() {
        assertThat(SlicePolicy.adaptive(1, Units.MAX).largest()).isEqualTo(Units.MAX);
        assertThat(SlicePolicy.fixed(1).largest()).isEqualTo(1);
        refused("R6", "smallest", () -> SlicePolicy.adaptive(0, 5));
        refused("R6", "largest", () -> SlicePolicy.adaptive(5, 4));
        refused("R6", "largest", () -> SlicePolicy.adaptive(5, Units.MAX + 1));
    }

    @Test
    @DisplayName("R34: a slice lives from a millisecond to an hour")
    void life() {
        Duration shortest = Duration.ofMillis(1);
        Duration longest = Duration.ofHours(1);
        SlicePolicy quick = new SlicePolicy(1, 1, shortest, Duration.ZERO, shortest, 1);
        assertThat(quick.life()).isEqualTo(shortest);
        assertThat(POLICY.life(longest).life()).isEqualTo(longest);
        refused(
                "R34",
                "life",
                () -> new SlicePolicy(1, 1, shortest.minus(TINY), Duration.ZERO, shortest.minus(TINY), 1));
        refused("R34", "life", () -> POLICY.life(longest.plus(TINY)));
    }

    @Test
    @DisplayName("R34: the margin is not negative, and shorter than the life")
    void margin() {
        assertThat(POLICY.margin(Duration.ZERO).margin()).isZero();
        assertThat(POLICY.margin(POLICY.life().minus(TINY)).margin()).isLessThan(POLICY.life());
        refused("R34", "margin", () -> POLICY.margin(POLICY.life()));
        refused("R34", "margin", () -> POLICY.margin(TINY.negated()));
    }

    @Test
    @DisplayName("R34: the idle time is a millisecond at least, and no longer than the life")
    void idle() {
        assertThat(POLICY.idle(Duration.ofMillis(1)).idle()).hasMillis(1);
        assertThat(POLICY.idle(POLICY.life()).idle()).isEqualTo(POLICY.life());
        refused("R34", "idle", () -> POLICY.idle(Duration.ofMillis(1).minus(TINY)));
        refused("R34", "idle", () -> POLICY.idle(POLICY.life().plus(TINY)));
    }

    @Test
    @DisplayName("R42: at least one use may wait for the ledger")
    void maxUnposted() {
        assertThat(POLICY.maxUnposted(1).maxUnposted()).isEqualTo(1);
        refused("R42", "maxUnposted", () -> POLICY.maxUnposted(0));
    }

    @Test
    @DisplayName("a shorter life cuts margin and idle time to its third, a longer one leaves them")
    void shorterLife() {
        assertThat(POLICY.idle(Duration.ofSeconds(1)).life(Duration.ofSeconds(6)))
                .isEqualTo(new SlicePolicy(
                        10, 10, Duration.ofSeconds(6), Duration.ofSeconds(2), Duration.ofSeconds(1), 10_000));
        assertThat(POLICY.life(Duration.ofMillis(60)).idle()).hasMillis(20);
        assertThat(POLICY.life(Duration.ofMinutes(1)))
                .isEqualTo(new SlicePolicy(
                        10, 10, Duration.ofMinutes(1), Duration.ofSeconds(3), Duration.ofMillis(100), 10_000));
    }

    @Test
    @DisplayName("what is changed about a policy leaves the rest as it is")
    void changes() {
        SlicePolicy policy =
                new SlicePolicy(1, 2, Duration.ofSeconds(9), Duration.ofSeconds(3), Duration.ofSeconds(2), 7);
        assertThat(policy.margin(Duration.ofSeconds(1)))
                .isEqualTo(
                        new SlicePolicy(1, 2, Duration.ofSeconds(9), Duration.ofSeconds(1), Duration.ofSeconds(2), 7));
        assertThat(policy.idle(Duration.ofSeconds(1)))
                .isEqualTo(
                        new SlicePolicy(1, 2, Duration.ofSeconds(9), Duration.ofSeconds(3), Duration.ofSeconds(1), 7));
        assertThat(policy.maxUnposted(8))
                .isEqualTo(
                        new SlicePolicy(1, 2, Duration.ofSeconds(9), Duration.ofSeconds(3), Duration.ofSeconds(2), 8));
        assertThat(SlicePolicy.adaptive())
                .isEqualTo(new SlicePolicy(
                        16, 100_000, Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(100), 10_000));
    }

    private static void refused(String rule, String what, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll(rule, what);
    }
}
