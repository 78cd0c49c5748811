package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.testing.SequenceText.Numbers;
import io.quotaguard.testing.SequenceText.Possessions;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Everything that can be read. */
final class GuardLooks {
    private final QuotaGuard quota;
    private final List<Long> grantIds;

    GuardLooks(QuotaGuard quota, List<Long> grantIds) {
        this.quota = quota;
        this.grantIds = grantIds;
    }

    String look(Step step) {
        if (step instanceof Step.Look look) {
            Possessions found = new Possessions(
                    quota.overview(look.subject()),
                    quota.grants().list(look.subject()),
                    quota.alerts().list(look.subject(), 0, UsageQuery.MAX_PAGE_SIZE),
                    quota.usage().records(UsageQuery.of(look.subject()).pageSize(UsageQuery.MAX_PAGE_SIZE)));
            return SequenceText.possessions(found, grantIds);
        } else if (step instanceof Step.LookAtPool look) {
            return SequenceText.pool(quota.poolOverview(look.pool()), grantIds);
        } else if (step instanceof Step.LookAtNumbers look) {
            LocalDate first = LocalDate.ofInstant(look.from(), ZoneOffset.UTC).minusDays(1);
            LocalDate last = LocalDate.ofInstant(look.to(), ZoneOffset.UTC).plusDays(1);
            Numbers numbers = new Numbers(
                    quota.usage().statistics(StatisticsQuery.daily(look.subject(), first, last)),
                    quota.usage().top(look.feature(), look.from(), look.to(), 10),
                    quota.usage().forecast(look.subject(), look.feature()));
            return SequenceText.numbers(numbers);
        }
        throw new IllegalStateException("nobody looks at " + step);
    }
}
