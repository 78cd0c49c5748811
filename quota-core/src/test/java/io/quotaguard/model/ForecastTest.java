package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Forecast")
class ForecastTest {
    private static final Offset<Double> EXACTLY = Offset.offset(1e-9);
    private static final Instant START = Instant.parse("2026-03-10T00:00:00Z");
    private static final Window TEN_DAYS = new Window(START, START.plus(Duration.ofDays(10)));
    private static final Instant AFTER_FOUR = START.plus(Duration.ofDays(4));

    private static Forecast of(Limit limit, long used, Instant asOf) {
        return new Forecast("u", "f", TEN_DAYS, limit, used, START, asOf);
    }

    private static Forecast endless(Limit limit, long used, @Nullable Instant since) {
        return new Forecast("u", "f", Window.PERMANENT, limit, used, since, AFTER_FOUR);
    }

    @Test
    @DisplayName("It goes on in a straight line from the window's start")
    void straightLine() {
        Forecast forecast = of(Limit.of(100), 50, AFTER_FOUR);

        assertThat(forecast.windowPassed()).isEqualTo(0.4, EXACTLY);
        assertThat(forecast.limitUsed()).isEqualTo(0.5, EXACTLY);
        assertThat(forecast.unitsPerDay()).isEqualTo(12.5, EXACTLY);
        assertThat(forecast.exhaustedAt()).contains(START.plus(Duration.ofDays(8)));
    }

    @Test
    @DisplayName("A limit that is reached at the window's end or later is not reached in it")
    void windowEndsFirst() {
        assertThat(of(Limit.of(125), 50, AFTER_FOUR).exhaustedAt()).isEmpty();
        assertThat(of(Limit.of(124), 50, AFTER_FOUR).exhaustedAt()).isPresent();
        assertThat(of(Limit.of(Units.MAX), 1, AFTER_FOUR).exhaustedAt()).isEmpty();
    }

    @Test
    @DisplayName("A limit that is reached, or passed, is reached now; a limit of zero always is")
    void reached() {
        assertThat(of(Limit.of(50), 50, AFTER_FOUR).exhaustedAt()).contains(AFTER_FOUR);
        assertThat(of(Limit.of(50), 60, AFTER_FOUR).exhaustedAt()).contains(AFTER_FOUR);
        assertThat(of(Limit.of(50), 60, AFTER_FOUR).limitUsed()).isEqualTo(1.2, EXACTLY);
        assertThat(of(Limit.of(0), 0, AFTER_FOUR).exhaustedAt()).contains(AFTER_FOUR);
        assertThat(of(Limit.of(0), 0, AFTER_FOUR).limitUsed()).isEqualTo(1, EXACTLY);
    }

    @Test
    @DisplayName("R31: without a limit there is no share and no end, but a rate")
    void unlimited() {
        Forecast forecast = of(Limit.unlimited(), 50, AFTER_FOUR);

        assertThat(forecast.limitUsed()).isZero();
        assertThat(forecast.exhaustedAt()).isEmpty();
        assertThat(forecast.unitsPerDay()).isEqualTo(12.5, EXACTLY);
    }

    @Test
    @DisplayName("Nothing used, and a rate over no time, lead nowhere")
    void noRate() {
        assertThat(of(Limit.of(10), 0, AFTER_FOUR).unitsPerDay()).isZero();
        assertThat(of(Limit.of(10), 0, AFTER_FOUR).exhaustedAt()).isEmpty();
        assertThat(of(Limit.of(10), 5, START).unitsPerDay()).isZero();
        assertThat(of(Limit.of(10), 5, START).exhaustedAt()).isEmpty();
        assertThat(of(Limit.of(10), -5, AFTER_FOUR).unitsPerDay()).isZero();
        assertThat(endless(Limit.of(10), 0, null).exhaustedAt()).isEmpty();
    }

    @Test
    @DisplayName("A window without an end has no share that passed, and what is a thousand years away is not told")
    void endless() {
        assertThat(endless(Limit.of(100), 20, AFTER_FOUR.minus(Duration.ofDays(2)))
                        .exhaustedAt())
                .contains(AFTER_FOUR.plus(Duration.ofDays(8)));
        assertThat(endless(Limit.of(100), 20, START).windowPassed()).isZero();
        assertThat(endless(Limit.of(365_001 + 1), 1, AFTER_FOUR.minus(Duration.ofDays(1)))
                        .exhaustedAt())
                .isEmpty();
        assertThat(endless(Limit.of(Units.MAX), 1, START).exhaustedAt()).isEmpty();
    }
}
