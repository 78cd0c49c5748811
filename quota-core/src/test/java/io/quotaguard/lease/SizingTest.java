package io.quotaguard.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How large slices are")
class SizingTest {
    private static final SlicePolicy POLICY = SlicePolicy.adaptive(10, 100);
    private static final long LIFE_NANOS = POLICY.life().toNanos();
    private static final long PLENTY = 1_000_000;

    private final Sizing sizing = new Sizing(POLICY);

    private static Verdict roomOf(long limit) {
        return new Verdict(
                "ann",
                "calls",
                1,
                null,
                Limit.of(limit),
                Counter.ZERO,
                Window.PERMANENT,
                LimitSource.NONE,
                0,
                null,
                null);
    }

    /** As many uses at once as are worth a slice. */
    private void learn(long limit, long now) {
        straight(4, limit, now);
    }

    private void straight(int uses, long limit, long now) {
        for (int i = 0; i < uses; i++) {
            sizing.wentStraight(roomOf(limit), now);
        }
    }

    /** Returns how large the next slice is after one of {@code units} ended so. */
    private long after(long units, long left, Duration time) {
        sizing.ended(units, left, time.toNanos());
        return sizing.next(1, 0);
    }

    @Test
    @DisplayName("R1: nothing is taken before the store has told what is left, nor by what it told a slice's life ago")
    void staleRoom() {
        assertThat(sizing.next(1, 0)).isZero();

        learn(PLENTY, 5);

        assertThat(sizing.next(1, 5 + LIFE_NANOS)).isEqualTo(10);
        assertThat(sizing.next(1, 6 + LIFE_NANOS)).isZero();
    }

    @Test
    @DisplayName("R1: no slice is larger than a sixteenth of what is left; for less than two units there is none")
    void partOfRoom() {
        learn(16 * 9, 0);
        assertThat(sizing.next(1, 0)).isEqualTo(9);
        assertThat(sizing.next(9, 0)).isEqualTo(9);
        assertThat(sizing.next(10, 0)).as("a use that is larger goes straight").isZero();
        learn(16 * 2, 0);
        assertThat(sizing.next(1, 0)).isEqualTo(2);
        learn(16 * 2 - 1, 0);
        assertThat(sizing.next(1, 0)).isZero();
        learn(-1, 0);
        assertThat(sizing.next(1, 0)).as("unlimited").isEqualTo(10);
    }

    @Test
    @DisplayName("a slice that is spent at once is followed by one four times larger, up to the largest")
    void growsQuickly() {
        learn(PLENTY, 0);
        assertThat(after(10, 0, Duration.ofMillis(99))).isEqualTo(40);
        assertThat(after(40, 0, Duration.ZERO)).isEqualTo(100);
    }

    @Test
    @DisplayName(
            "a slice that is spent within a second is followed by one twice as large, one that lasted by none larger")
    void growsSlowly() {
        learn(PLENTY, 0);
        assertThat(after(10, 0, Duration.ofMillis(100))).isEqualTo(20);
        assertThat(after(20, 10, Duration.ofMillis(999))).as("half of it left").isEqualTo(40);
        assertThat(after(40, 0, Duration.ofSeconds(1))).isEqualTo(40);
    }

    @Test
    @DisplayName("a slice that was smaller than wanted tells nothing about the demand")
    void smallerThanWanted() {
        learn(PLENTY, 0);
        assertThat(after(9, 0, Duration.ZERO)).isEqualTo(10);
    }

    @Test
    @DisplayName("a slice of which more than half goes back is followed by one half as large, down to the smallest")
    void shrinks() {
        learn(PLENTY, 0);
        sizing.ended(10, 0, 0);
        assertThat(after(40, 21, Duration.ZERO)).isEqualTo(20);
        assertThat(after(20, 11, Duration.ZERO)).isEqualTo(10);
        assertThat(after(10, 6, Duration.ZERO))
                .as("seldom used: it goes straight again")
                .isZero();
    }

    @Test
    @DisplayName(
            "a subject goes straight until four uses came within the idle time, since a slice costs two round trips")
    void seldomUsed() {
        long idle = POLICY.idle().toNanos();
        straight(3, PLENTY, 0);
        assertThat(sizing.next(1, 0)).isZero();

        straight(3, PLENTY, idle + 1);
        assertThat(sizing.next(1, idle + 1)).as("the first three are long ago").isZero();

        straight(1, PLENTY, 2 * idle + 1);
        assertThat(sizing.next(1, 2 * idle + 1)).isEqualTo(10);
    }

    @Test
    @DisplayName("after a smallest slice of which more than half went back, four uses have to show the demand anew")
    void quietAgain() {
        learn(PLENTY, 0);
        assertThat(after(10, 5, Duration.ofSeconds(1)))
                .as("half of it was used")
                .isEqualTo(10);

        sizing.ended(10, 6, 0);
        straight(3, PLENTY, 0);
        assertThat(sizing.next(1, 0)).isZero();

        straight(1, PLENTY, 0);
        assertThat(sizing.next(1, 0)).isEqualTo(10);
    }

    @Test
    @DisplayName("slices of a fixed size are taken as soon as it is known what is left, however often they go back")
    void fixedSize() {
        Sizing fixed = new Sizing(SlicePolicy.fixed(10));
        fixed.learn(roomOf(PLENTY), 0);
        assertThat(fixed.next(1, 0)).isEqualTo(10);

        fixed.ended(10, 10, 0);
        assertThat(fixed.next(1, 0)).isEqualTo(10);
    }

    @Test
    @DisplayName("what is left of a slice is kept unless it is more than twice its fair part of what others could use")
    void keeps() {
        assertThat(sizing.keep(50)).as("nothing is known of others").isEqualTo(50);
        learn(16 * 10 - 20, 0);
        assertThat(sizing.keep(20)).isEqualTo(20);
        learn(16 * 10 - 21, 0);
        assertThat(sizing.keep(21)).isEqualTo(10);
        learn(0, 0);
        assertThat(sizing.keep(15)).as("nothing else is left").isZero();
        learn(-1, 0);
        assertThat(sizing.keep(50)).as("unlimited").isEqualTo(50);
    }

    @Test
    @DisplayName(
            "times are compared as differences, since a JVM's nanoseconds may be below zero and pass their largest value")
    void wrappingTime() {
        long now = Long.MAX_VALUE;
        learn(PLENTY, now);
        assertThat(sizing.next(1, now + TimeUnit.SECONDS.toNanos(1))).isEqualTo(10);
    }
}
