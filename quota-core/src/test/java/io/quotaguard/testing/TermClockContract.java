package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R18, R19, R25 and R44: a term is derived from the store's clock, on every node, and kept as it was saved. */
abstract class TermClockContract extends TermGroup {
    TermClockContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R18: the fallback is in force for who was never looked at since, years later, without any job")
    void yearsLater() {
        buy("pro", Term.once(BillingCycle.YEARLY));
        setTime("2031-07-01T00:00:00Z");

        assertThat(use(USER, ARTICLES).source().plan()).isEqualTo("starter");
        assertThat(quota.subscriptions().history(USER, 10)).hasSize(1);
    }

    @Test
    @DisplayName("R44: a subscription is read back as it was saved, with its term, on this node and on others")
    void isReadBackAsSaved() {
        List<Term> terms = List.of(
                Term.OPEN,
                Term.trialUntil(NOON.plusNanos(123_456_789_000L)).thenPlan("free"),
                Term.until(END),
                Term.once(BillingCycle.QUARTERLY).thenPlan("starter"),
                Term.renewing(BillingCycle.WEEKLY));
        QuotaGuard other = guard(fixture.anotherNode());
        for (Term term : terms) {
            Subscription saved = buy("pro", term);
            assertThat(quota.subscriptions().get(USER)).contains(saved);
            assertThat(other.subscriptions().get(USER)).contains(saved);
            Subscription cancelled = quota.subscriptions().cancel(USER, BY_TEST);
            assertThat(other.subscriptions().get(USER)).contains(cancelled);
        }
    }

    @Test
    @DisplayName("R25: a use that was resolved just before the end and comes after it is decided by the new terms")
    void resolvedBeforeTheEnd() {
        buy("pro", Term.trialUntil(END).thenPlan("free"));
        use(USER, ARTICLES, 4);
        Line line = resolved(USER, ARTICLES, 1);
        setTime(END);

        Outcome late = store.execute(List.of(new Command(Operation.RECORD, "k", List.of(line), Map.of())), deadline())
                .get(0);

        assertThat(late).isEqualTo(new Outcome.Stale(USER, Outcome.Stale.Cause.CLOCK, END));
        assertThat(useWithKey("k", USER, ARTICLES, 1).reason()).contains(RefusalReason.EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "P1D", "P-400D"})
    @DisplayName("R19: a subscription that such a node cancels at once is over when the store says so")
    void cancelledByAWrongClock(String skew) {
        buy("pro", Term.renewing(BillingCycle.WEEKLY));
        QuotaGuard wrong = guard(new SkewedStore(fixture.anotherNode(), Duration.parse(skew)));

        Subscription over = wrong.subscriptions().cancelNow(USER, BY_TEST);

        assertThat(over.endedBy(fixture.clock().instant())).isTrue();
        assertThat(limit()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "P1D", "P-400D"})
    @DisplayName("R19: for a node whose clock is wrong a term ends at the store's instant")
    void nodeWithAWrongClock(String skew) {
        buy("pro", Term.trialUntil(END).thenPlan("free"));
        QuotaGuard wrong = guard(new SkewedStore(fixture.anotherNode(), Duration.parse(skew)));

        setTime(END.minus(TICK));
        assertThat(wrong.checkAndRecord(USER, ARTICLES).limit().units()).isEqualTo(10);
        setTime(END);
        assertThat(wrong.checkAndRecord(USER, ARTICLES).limit().units()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "P1D", "P-400D"})
    @DisplayName("R19: a term that such a node sells begins and ends by the store's clock")
    void soldByAWrongClock(String skew) {
        QuotaGuard wrong = guard(new SkewedStore(fixture.anotherNode(), Duration.parse(skew)));

        Subscription sold = wrong.subscriptions().subscribe(USER, "pro", Term.once(BillingCycle.MONTHLY), BY_TEST);

        assertThat(sold.startedAt()).isEqualTo(NOON);
        assertThat(sold.term().end()).isEqualTo(Instant.parse("2026-04-10T12:00:00Z"));
        assertThat(quota.subscriptions().get(USER)).contains(sold);
    }
}
