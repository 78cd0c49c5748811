package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Limit;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.Units;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R6, R42: no number of windows of the largest amounts makes a sum turn negative, or a read fail. */
abstract class LargeSumContract extends ContractGroup {
    private static final Instant MORNING = Instant.parse("2026-03-11T00:00:00Z");
    private static final LocalDate DAY = LocalDate.parse("2026-03-11");

    /** So many amounts of 53 bits fill 63, and one more does not fit. */
    private static final int WINDOWS = 1 << (Long.SIZE - 1 - Long.bitCount(Units.MAX));

    LargeSumContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R6, R42: sums over more windows than 64 bits hold are told as the largest number that they do")
    void overManyWindows() {
        plan("plan", PlanFeature.of(ARTICLES, Limit.unlimited(), ResetPeriod.every(Duration.ofMinutes(1))));
        subscribe(USER, "plan");
        for (int minute = 0; minute <= WINDOWS; minute++) {
            setTime(MORNING.plus(Duration.ofMinutes(minute)));
            use(USER, ARTICLES, Units.MAX);
        }

        assertThat(quota.usage().statistics(StatisticsQuery.daily(USER, DAY, DAY)))
                .containsExactly(new PeriodUsage(ARTICLES, DAY, Long.MAX_VALUE, WINDOWS + 1, 0));
        assertThat(quota.usage().top(ARTICLES, MORNING, MORNING.plus(Duration.ofDays(1)), 5))
                .containsExactly(new TopUser(USER, Long.MAX_VALUE, WINDOWS + 1));
    }

    @Test
    @DisplayName("R6, R40: so are the shares of a pool that was reset again and again")
    void overManyResets() {
        plan("plan", PlanFeature.of(ARTICLES, Limit.unlimited(), ResetPeriod.NEVER));
        subscribe(USER, "plan");
        for (int n = 0; n <= WINDOWS; n++) {
            use(USER, ARTICLES, Units.MAX);
            quota.reset(USER, ARTICLES, BY_TEST.key("reset-" + n));
        }

        assertThat(quota.poolOverview(USER).shares(ARTICLES)).containsExactly(new PoolShare(USER, Long.MAX_VALUE));
    }
}
