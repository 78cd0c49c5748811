package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.StoreCapabilities;
import java.time.Duration;
import java.time.InstantSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Building a memory store")
class BuilderTest {
    private final InMemoryQuotaStore.Builder builder = InMemoryQuotaStore.builder();

    private static void assertRefused(String text, ThrowingCallable call) {
        assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                .isThrownBy(call)
                .withMessageContaining(text);
    }

    @Test
    @DisplayName("A store without settings tells the truth about itself")
    void defaults() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore()) {
            assertThat(store.name()).isEqualTo("memory");
            assertThat(store.capabilities()).isEqualTo(new StoreCapabilities(false, false, true, false));
            assertThat(Duration.between(
                            InstantSource.system().instant(), store.clock().instant()))
                    .isLessThan(Duration.ofMinutes(1));
        }
    }

    @Test
    @DisplayName("The injected clock is the store's clock (R19)")
    void injectedClock() {
        InstantSource clock = InstantSource.fixed(Bench.START);
        assertThat(builder.clock(clock).build().clock()).isSameAs(clock);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    @DisplayName("H5: a bound below 1 is refused by name and value")
    void boundsArePositive(int bound) {
        assertRefused("maxCounters \"" + bound + '"', () -> builder.maxCounters(bound));
        assertRefused("maxRecords \"" + bound + '"', () -> builder.maxRecords(bound));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "P36501D"})
    @DisplayName("R10: a retention that is not positive or has no end is refused by value")
    void retentionIsPositive(String retention) {
        assertRefused(Duration.parse(retention).toString(), () -> builder.retention(Duration.parse(retention)));
    }

    @Test
    @DisplayName("A second setting of one option is refused, whatever it says")
    void onceEach() {
        builder.maxCounters(5).maxRecords(6).retention(Duration.ofDays(1)).clock(InstantSource.system());

        assertRefused("maxCounters \"5\"", () -> builder.maxCounters(5));
        assertRefused("maxRecords \"6\"", () -> builder.maxRecords(7));
        assertRefused("retention \"PT24H\"", () -> builder.retention(Duration.ofDays(2)));
        assertRefused("clock", () -> builder.clock(InstantSource.system()));
    }
}
