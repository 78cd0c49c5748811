package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Statistics query")
class StatisticsQueryTest {
    private static LocalDate day(String text) {
        return LocalDate.parse(text);
    }

    private static StatisticsQuery weekly(String from, String to) {
        return StatisticsQuery.weekly("u", day(from), day(to));
    }

    private static StatisticsQuery monthly(String from, String to) {
        return StatisticsQuery.monthly("u", day(from), day(to));
    }

    @Test
    @DisplayName("Days are bounded by each day and the one after the last")
    void days() {
        assertThat(StatisticsQuery.daily("u", day("2024-02-28"), day("2024-03-01"))
                        .bounds())
                .containsExactly(day("2024-02-28"), day("2024-02-29"), day("2024-03-01"), day("2024-03-02"));
        assertThat(StatisticsQuery.daily("u", day("2024-02-29"), day("2024-02-29"))
                        .bounds())
                .containsExactly(day("2024-02-29"), day("2024-03-01"));
    }

    @Test
    @DisplayName("Weeks are whole, from Monday, as many as have a day of the span, also over a year's end")
    void weeks() {
        assertThat(weekly("2025-12-31", "2026-01-05").bounds())
                .containsExactly(day("2025-12-29"), day("2026-01-05"), day("2026-01-12"));
        assertThat(weekly("2026-01-04", "2026-01-04").bounds()).containsExactly(day("2025-12-29"), day("2026-01-05"));
    }

    @Test
    @DisplayName("Months are whole, whatever day the span begins on")
    void months() {
        assertThat(monthly("2026-01-31", "2026-03-01").bounds())
                .containsExactly(day("2026-01-01"), day("2026-02-01"), day("2026-03-01"), day("2026-04-01"));
    }

    @Test
    @DisplayName("R45: a thousand periods are read at once, and no more")
    void longest() {
        LocalDate from = day("2026-01-01");

        assertThat(StatisticsQuery.daily("u", from, from.plusDays(999)).bounds())
                .hasSize(1001);
        assertThat(StatisticsQuery.weekly("u", from, from.plusWeeks(999)).bounds())
                .hasSize(1001);
        assertThat(StatisticsQuery.monthly("u", from, from.plusMonths(999)).bounds())
                .hasSize(1001);
        for (Runnable tooLong : java.util.List.<Runnable>of(
                () -> StatisticsQuery.daily("u", from, from.plusDays(1000)),
                () -> StatisticsQuery.weekly("u", from, from.plusWeeks(1000)),
                () -> StatisticsQuery.monthly("u", from, from.plusMonths(1000)),
                () -> StatisticsQuery.daily("u", day("0001-01-01"), day("9999-12-31")),
                () -> StatisticsQuery.daily("u", from, from.minusDays(1)))) {
            assertThatThrownBy(tooLong::run)
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("R45");
        }
    }

    @Test
    @DisplayName("R45: the first and the last days of all have their periods, or an error that says why not")
    void edges() {
        assertThat(monthly("0001-01-15", "0001-02-15").bounds()).first().isEqualTo(day("0001-01-01"));
        assertThat(monthly("9999-12-31", "9999-12-31").bounds())
                .last()
                .isEqualTo(day("9999-12-01").plusMonths(1));
        assertThatThrownBy(() -> StatisticsQuery.daily("u", day("0001-01-01").minusDays(1), day("0001-01-01")))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("9999");
    }
}
