package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.ResetPeriod;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/** A guard over a store that fails on demand, and a plan with a feature that closes and two that open. */
abstract class FaultyGroup extends ContractGroup {
    FaultyStore faulty;
    QuotaGuard guard;

    FaultyGroup(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    void openAndClosedFeatures() {
        plan(
                "free",
                feature(ARTICLES, 5, ResetPeriod.DAILY),
                feature(PUBLISH, 5, ResetPeriod.DAILY).onFailure(FailurePolicy.OPEN),
                feature(KEYWORDS, 5, ResetPeriod.DAILY).onFailure(FailurePolicy.OPEN));
        subscribe(USER, "free");
        faulty = new FaultyStore(store);
        guard = guard(faulty);
        guard.check(USER, ARTICLES);
    }

    void awaitPosted() {
        Await.until("the journal is empty", () -> guard.statistics().journaled() == 0);
    }
}
