package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.Decision;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R15, R16, R18 and R21: what is bought by the cycle, and how a term is cancelled, taken up again, renewed and moved. */
abstract class RenewalContract extends ContractGroup {
    private static final Duration TICK = Duration.ofNanos(1000);
    private static final Anchor NEW_YORK = Anchor.inZone(ZoneId.of("America/New_York"));

    RenewalContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    void plans() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("pro", feature(ARTICLES, 10, ResetPeriod.DAILY), feature(PUBLISH, 100, ResetPeriod.MONTHLY));
        quota.plans().setDefault("free", BY_TEST);
    }

    private Subscription buy(Term term) {
        return quota.subscriptions().subscribe(USER, "pro", term, BY_TEST);
    }

    private Instant renew() {
        return end(quota.subscriptions().renew(USER, BY_TEST));
    }

    private static Instant end(Subscription subscription) {
        return Objects.requireNonNull(subscription.term().end(), "it has no end");
    }

    private void assertPlan(String plan) {
        assertThat(quota.check(USER, ARTICLES).source().plan()).isEqualTo(plan);
    }

    private void assertEnds(Instant end) {
        setTime(end.minus(TICK));
        assertPlan("pro");
        setTime(end);
        assertPlan("free");
    }

    @Test
    @DisplayName("R18: what is bought for one cycle ends a cycle after the purchase, at its time of day")
    void oneCycle() {
        Subscription bought = buy(Term.once(BillingCycle.MONTHLY));

        assertThat(bought.startedAt()).isEqualTo(NOON);
        assertThat(bought.cycleEnd(NOON)).contains(end(bought));
        assertThat(end(bought)).isEqualTo(Instant.parse("2026-04-10T12:00:00Z"));
        assertEnds(end(bought));
    }

    @Test
    @DisplayName("R15: renewed month by month, a term bought on the 31st ends on each month's last day, never chained")
    void monthEndsAreNotChained() {
        setTime("2027-01-31T17:00:00Z"); // noon in New York
        Subscription bought =
                quota.subscriptions().subscribe(USER, "pro", Term.once(BillingCycle.MONTHLY), NEW_YORK, BY_TEST);

        assertThat(end(bought)).isEqualTo(Instant.parse("2027-02-28T17:00:00Z"));
        assertThat(renew()).isEqualTo(Instant.parse("2027-03-31T16:00:00Z"));
        assertThat(renew()).isEqualTo(Instant.parse("2027-04-30T16:00:00Z"));
        assertThat(renew()).isEqualTo(Instant.parse("2027-05-31T16:00:00Z"));
        assertThat(quota.subscriptions().get(USER).orElseThrow().startedAt()).isEqualTo(bought.startedAt());
        assertEnds(Instant.parse("2027-05-31T16:00:00Z"));
    }

    @Test
    @DisplayName(
            "R16: a change of zone meanwhile makes no renewal shorter than its cycle, by more than the zones differ")
    void renewalAfterAChangeOfZone() {
        Anchor berlin = Anchor.inZone(ZoneId.of("Europe/Berlin"));
        quota.subscriptions().subscribe(USER, "pro", Term.once(BillingCycle.MONTHLY), berlin, BY_TEST);
        quota.subscriptions().changeAnchor(USER, Anchor.DEFAULT, BY_TEST);

        assertThat(renew()).isEqualTo(Instant.parse("2026-05-10T12:00:00Z"));
    }

    @Test
    @DisplayName("R21: renewed after its end it begins from then on with the same plan, and keeps what was used")
    void renewedAfterTheEnd() {
        Instant first = end(buy(Term.once(BillingCycle.MONTHLY)));
        setTime(first);
        use(USER, ARTICLES, 3);
        setTime(first.plusSeconds(3600));

        assertThat(renew()).isEqualTo(Instant.parse("2026-05-10T13:00:00Z"));
        Decision next = use(USER, ARTICLES);
        assertThat(next.source().plan()).isEqualTo("pro");
        assertThat(next.used()).isEqualTo(4);
        assertEnds(Instant.parse("2026-05-10T13:00:00Z"));
    }

    @Test
    @DisplayName("R18: a renewing term never ends by itself, and tells the end of each cycle")
    void renewing() {
        Subscription bought = buy(Term.renewing(BillingCycle.QUARTERLY));

        assertThat(bought.term().end()).isNull();
        assertThat(bought.cycleEnd(NOON)).contains(Instant.parse("2026-06-10T12:00:00Z"));
        setTime("2036-06-10T12:00:00Z");
        assertPlan("pro");
        assertThat(bought.cycleEnd(fixture.clock().instant())).contains(Instant.parse("2036-09-10T12:00:00Z"));
        quota.subscriptions().renew(USER, BY_TEST);
        assertThat(quota.subscriptions().get(USER)).contains(bought);
    }

    @Test
    @DisplayName(
            "R21: cancelled it ends with the present cycle; the second time changes nothing, and it can be taken back")
    void cancelAndResume() {
        Subscription bought = buy(Term.renewing(BillingCycle.MONTHLY));
        setTime("2026-04-15T00:00:00Z");

        Subscription cancelled = quota.subscriptions().cancel(USER, BY_TEST);
        assertThat(end(cancelled)).isEqualTo(Instant.parse("2026-05-10T12:00:00Z"));
        setTime("2026-04-16T00:00:00Z");
        assertThat(quota.subscriptions().cancel(USER, BY_TEST)).isEqualTo(cancelled);
        assertThat(quota.subscriptions().resume(USER, BY_TEST)).isEqualTo(bought);
        setTime("2026-05-10T12:00:00Z");
        assertPlan("pro");
        assertEnds(end(quota.subscriptions().cancel(USER, BY_TEST)));
    }

    @Test
    @DisplayName("R21: cancelled at once it is over at once; what was used stays used, and it cannot be taken back")
    void cancelNow() {
        buy(Term.renewing(BillingCycle.MONTHLY));
        use(USER, ARTICLES, 2);

        Subscription over = quota.subscriptions().cancelNow(USER, BY_TEST);

        assertThat(end(over)).isEqualTo(NOON);
        assertThat(use(USER, ARTICLES).used()).isEqualTo(3);
        assertRefused(use(USER, ARTICLES));
        assertThatThrownBy(() -> quota.subscriptions().resume(USER, BY_TEST))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining(NOON.toString());
    }

    @Test
    @DisplayName("R21: an open subscription ends with its longest open window, so that nobody loses what they have")
    void cancelAnOpenOne() {
        subscribe(USER, "pro");
        use(USER, PUBLISH, 60);

        Instant end = end(quota.subscriptions().cancel(USER, BY_TEST));

        assertThat(end).isEqualTo(Instant.parse("2026-04-01T00:00:00Z"));
        setTime(MIDNIGHT);
        assertThat(use(USER, ARTICLES, 10).source().plan()).isEqualTo("pro");
        assertThat(use(USER, PUBLISH, 40).remaining()).hasValue(0);
        assertEnds(end);
    }

    @Test
    @DisplayName("R21: renewed before it comes to its end, a cancelled one gets its cycle after that end")
    void renewACancelledOne() {
        quota.plans()
                .create(
                        planOf("club", feature(PUBLISH, 1, ResetPeriod.MONTHLY))
                                .edit()
                                .price("9.90", "EUR", BillingCycle.MONTHLY)
                                .build(),
                        BY_TEST);
        subscribe(USER, "club");
        quota.subscriptions().cancel(USER, BY_TEST);

        assertThat(renew()).isEqualTo(Instant.parse("2026-05-01T00:00:00Z"));
        setTime("2026-04-20T00:00:00Z");
        assertThat(quota.check(USER, PUBLISH).source().plan()).isEqualTo("club");
    }

    @Test
    @DisplayName("R21: a trial is renewed by its plan's cycle, from its end on; without one it is a conflict")
    void renewATrial() {
        buy(Term.trialUntil(MIDNIGHT));
        assertThatThrownBy(this::renew)
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining("billing cycle");
        quota.plans()
                .create(
                        planOf("club", feature(ARTICLES, 7, ResetPeriod.DAILY))
                                .edit()
                                .price("9.90", "EUR", BillingCycle.WEEKLY)
                                .build(),
                        BY_TEST);
        quota.subscriptions().subscribe(USER, "club", Term.trialUntil(MIDNIGHT), BY_TEST);

        assertThat(renew()).isEqualTo(Instant.parse("2026-03-18T00:00:00Z"));
        assertThat(renew()).isEqualTo(Instant.parse("2026-03-25T00:00:00Z"));
        assertPlan("club");
    }

    @Test
    @DisplayName("R21: an end is moved to a later and to an earlier instant, but not into the past")
    void endAt() {
        buy(Term.trialUntil(MIDNIGHT));
        Instant later = MIDNIGHT.plusSeconds(7200);

        assertThat(end(quota.subscriptions().endAt(USER, later, BY_TEST))).isEqualTo(later);
        setTime(MIDNIGHT);
        assertPlan("pro");
        Instant earlier = MIDNIGHT.plusSeconds(3600);
        assertThat(end(quota.subscriptions().endAt(USER, earlier, BY_TEST))).isEqualTo(earlier);
        assertThatThrownBy(() -> quota.subscriptions().endAt(USER, MIDNIGHT, BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(MIDNIGHT.toString());
        assertEnds(earlier);
        assertThatThrownBy(() -> quota.subscriptions().endAt(USER, later, BY_TEST))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining(earlier.toString());
    }

    @Test
    @DisplayName("R4: who has no subscription, or one without an end, has nothing to cancel, take back, renew or move")
    void nothingToDo() {
        assertThatThrownBy(() -> quota.subscriptions().cancel("guest", BY_TEST))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining("guest");
        assertThatThrownBy(() -> quota.subscriptions().resume("guest", BY_TEST))
                .isInstanceOf(CatalogConflictException.class);
        assertThatThrownBy(() -> quota.subscriptions().renew("guest", BY_TEST))
                .isInstanceOf(CatalogConflictException.class);
        buy(Term.OPEN);
        assertThatThrownBy(() -> quota.subscriptions().endAt(USER, MIDNIGHT, BY_TEST))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining("cancel");
    }

    @Test
    @DisplayName("R23: whose plan was deleted and replaced can still cancel, and has what took its place until then")
    void cancelAReplacedPlan() {
        buy(Term.renewing(BillingCycle.MONTHLY));
        plan("new", feature(ARTICLES, 20, ResetPeriod.DAILY));
        quota.plans().deleteReplacedBy("pro", "new", BY_TEST);

        Instant end = end(quota.subscriptions().cancel(USER, BY_TEST));

        assertPlan("new");
        setTime(end);
        assertPlan("free");
    }
}
