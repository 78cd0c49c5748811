package io.quotaguard.testing;

import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/** Three daily plans, of 3, 5 and 10 articles; the last falls back to the second. */
abstract class TermGroup extends ContractGroup {
    /** In the middle of a day and a month, so that the windows go on over it. */
    static final Instant END = NOON.plus(Duration.ofHours(5));

    TermGroup(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    final void threePlans() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("starter", feature(ARTICLES, 5, ResetPeriod.DAILY));
        quota.plans()
                .create(
                        planOf("pro", feature(ARTICLES, 10, ResetPeriod.DAILY))
                                .edit()
                                .fallback("starter")
                                .build(),
                        BY_TEST);
    }

    Subscription buy(String plan, Term term) {
        return quota.subscriptions().subscribe(USER, plan, term, BY_TEST);
    }

    long limit() {
        return quota.check(USER, ARTICLES).limit().units();
    }
}
