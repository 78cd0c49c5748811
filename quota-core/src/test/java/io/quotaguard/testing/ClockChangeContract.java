package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R14, R16 and R42 where clocks jumped at midnight: what counts for which day, in the deciding and in the reading. */
abstract class ClockChangeContract extends ContractGroup {
    private static final Instant BEFORE_THEM_ALL = Instant.parse("2010-01-01T00:00:00Z");

    ClockChangeContract(Function<Instant, StoreFixture> fixtures) {
        super(start -> fixtures.apply(BEFORE_THEM_ALL));
    }

    private Window windowAt(Instant instant, long units) {
        setTime(instant);
        return use(USER, ARTICLES, units).window().orElseThrow();
    }

    /** Uses units on each side of both ends: 6 of them, in two uses, are the window's. */
    private void assertWindow(ResetPeriod period, String zone, Instant start, Instant end) {
        plan("plan", feature(ARTICLES, 100, period));
        quota.subscriptions().subscribe(USER, "plan", Anchor.inZone(zone), BY_TEST);
        Window window = new Window(start, end);

        Window before = windowAt(start.minus(TICK), 1);
        assertThat(windowAt(start, 2)).isEqualTo(window);
        assertThat(windowAt(end.minus(TICK), 4)).isEqualTo(window);
        Window after = windowAt(end, 8);

        assertThat(before.end()).isEqualTo(start);
        assertThat(after.start()).isEqualTo(end);
        assertThat(rows(USER)).extracting(UsageRecord::usedAfter).containsExactly(8L, 6L, 2L, 1L);
        assertThat(rows(USER)).extracting(UsageRecord::window).containsExactly(after, window, window, before);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        // The clock goes from midnight to one.
        "America/Sao_Paulo, 2018-11-04, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
        "Asia/Beirut, 2021-03-28, 2021-03-27T22:00:00Z, 2021-03-28T21:00:00Z",
        "Africa/Cairo, 2023-04-28, 2023-04-27T22:00:00Z, 2023-04-28T21:00:00Z",
        // From one back to midnight: the day has two of them, and begins at the first.
        "America/Havana, 2023-11-05, 2023-11-05T04:00:00Z, 2023-11-06T05:00:00Z",
        "Atlantic/Azores, 2023-10-29, 2023-10-29T00:00:00Z, 2023-10-30T01:00:00Z",
        // From midnight back to eleven, before the next day has begun; and from a minute past it, when it has.
        "America/Sao_Paulo, 2018-02-17, 2018-02-17T02:00:00Z, 2018-02-18T03:00:00Z",
        "America/St_Johns, 2010-11-06, 2010-11-06T02:30:00Z, 2010-11-07T02:30:00Z",
        "America/St_Johns, 2010-11-07, 2010-11-07T02:30:00Z, 2010-11-08T03:30:00Z",
        // There was no 30 December.
        "Pacific/Apia, 2011-12-29, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
        "Pacific/Apia, 2011-12-31, 2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z",
    })
    @DisplayName("R14, R16: a day whose midnight was skipped or came twice has its own instants and no others")
    void days(String zone, LocalDate day, Instant start, Instant end) {
        assertWindow(ResetPeriod.DAILY, zone, start, end);

        assertThat(quota.usage().statistics(StatisticsQuery.daily(USER, day, day)))
                .containsExactly(new PeriodUsage(ARTICLES, day, 6, 2, 0));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "America/Havana, 2012-04-01, 2012-04-01T05:00:00Z, 2012-05-01T04:00:00Z",
        "America/Havana, 2015-11-01, 2015-11-01T04:00:00Z, 2015-12-01T05:00:00Z",
        "Pacific/Apia, 2011-12-01, 2011-12-01T10:00:00Z, 2011-12-31T10:00:00Z",
    })
    @DisplayName("R14, R16: so has a month")
    void months(String zone, LocalDate first, Instant start, Instant end) {
        assertWindow(ResetPeriod.MONTHLY, zone, start, end);

        assertThat(quota.usage().statistics(StatisticsQuery.monthly(USER, first, first)))
                .containsExactly(new PeriodUsage(ARTICLES, first, 6, 2, 0));
    }

    @Test
    @DisplayName("R42: nothing was used on a day that never was, and each use counts for the day that it was made on")
    void skippedDay() {
        plan("plan", feature(ARTICLES, 100, ResetPeriod.NEVER));
        quota.subscriptions().subscribe(USER, "plan", Anchor.inZone("Pacific/Apia"), BY_TEST);
        List<String> instants =
                List.of("2011-12-30T09:59:59.999999Z", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00.000001Z");
        for (int n = 0; n < instants.size(); n++) {
            windowAt(Instant.parse(instants.get(n)), 1L << n);
        }
        LocalDate before = LocalDate.parse("2011-12-29");

        for (int days = 2; days <= 9; days++) {
            assertThat(quota.usage().statistics(StatisticsQuery.daily(USER, before, before.plusDays(days))))
                    .startsWith(
                            new PeriodUsage(ARTICLES, before, 1, 1, 0),
                            new PeriodUsage(ARTICLES, before.plusDays(1), 0, 0, 0),
                            new PeriodUsage(ARTICLES, before.plusDays(2), 6, 2, 0));
        }
    }
}
