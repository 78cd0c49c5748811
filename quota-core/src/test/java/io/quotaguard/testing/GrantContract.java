package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Alert;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R38 and R39, with R29 and R41: what grants add to a plan's allowance, and in which order they are used. */
abstract class GrantContract extends ContractGroup {
    GrantContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private static Grant articles(long units) {
        return Grant.of(USER, ARTICLES, units);
    }

    private long give(Grant grant) {
        return quota.grants().give(grant, BY_TEST).id();
    }

    /** Returns what is left of the grant with this number, as the list has it. */
    private long left(long id) {
        return quota.grants().list(USER).stream()
                .filter(balance -> balance.grant().id() == id)
                .mapToLong(GrantBalance::left)
                .findFirst()
                .orElseThrow();
    }

    private FeatureUsage overview() {
        return quota.overview(USER).feature(ARTICLES).orElseThrow();
    }

    @Test
    @DisplayName("R38: the plan's allowance is used first, then the grant, and the row says how much came from it")
    void allowanceFirst() {
        dailyArticles(10);
        long id = give(articles(5));

        use(USER, ARTICLES, 8);
        use(USER, ARTICLES, 4);
        use(USER, ARTICLES, 3);

        assertRefused(use(USER, ARTICLES));
        assertThat(rows(USER))
                .extracting(UsageRecord::grants)
                .containsExactly(Map.of(id, 3L), Map.of(id, 2L), Map.of());
        assertThat(rows(USER)).extracting(UsageRecord::overage).containsOnly(0L);
        assertThat(rows(USER)).extracting(UsageRecord::limit).containsOnly(Limit.of(15));
        assertThat(left(id)).isZero();
    }

    @Test
    @DisplayName(
            "R38: several are used by priority, then by expiry, then by age, and one row names all that it touched")
    void orderOfUse() {
        dailyArticles(10);
        long last = give(articles(2).priority(1));
        long second = give(articles(2).until(NOON.plus(Duration.ofDays(9))));
        long third = give(articles(2));
        long fourth = give(articles(2).source(Grant.Source.PROMOTION));
        long first = give(articles(2).until(NOON.plus(Duration.ofDays(5))));
        long zeroth = give(articles(2).priority(-1));

        use(USER, ARTICLES, 13);
        use(USER, ARTICLES, 4);
        use(USER, ARTICLES, 5);

        assertThat(rows(USER))
                .extracting(UsageRecord::grants)
                .containsExactly(
                        Map.of(third, 1L, fourth, 2L, last, 2L),
                        Map.of(first, 1L, second, 2L, third, 1L),
                        Map.of(zeroth, 2L, first, 1L));
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R39: what is left outlives midnight and manual resets; what was used stays used")
    void outlivesResets() {
        dailyArticles(10);
        long id = give(articles(5));
        use(USER, ARTICLES, 12);

        quota.reset(USER, ARTICLES, BY_TEST);
        assertThat(left(id)).isEqualTo(3);
        assertThat(overview().limit()).isEqualTo(Limit.of(13));
        use(USER, ARTICLES, 11);
        setTime(MIDNIGHT);

        assertThat(left(id)).isEqualTo(2);
        assertThat(overview().limit()).isEqualTo(Limit.of(12));
        assertRefused(use(USER, ARTICLES, 13));
        assertAllowed(use(USER, ARTICLES, 12));
        setTime(MIDNIGHT.plus(Duration.ofDays(30)));
        assertThat(overview().limit()).isEqualTo(Limit.of(10));
    }

    @Test
    @DisplayName("R39: a microsecond before its expiry a grant can be used, at its expiry it cannot")
    void expiry() {
        dailyArticles(10);
        Instant end = NOON.plusSeconds(60);
        long id = give(articles(5).until(end));
        use(USER, ARTICLES, 10);

        setTime(end.minus(TICK));
        assertAllowed(use(USER, ARTICLES, 2));
        assertThat(overview().limit()).isEqualTo(Limit.of(15));
        setTime(end);

        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(overview().limit()).as("what was used of it counts on").isEqualTo(Limit.of(12));
        assertThat(left(id)).isEqualTo(3);
    }

    @Test
    @DisplayName("R39: a grant that begins later cannot be used before, and can from its very first instant")
    void beginning() {
        dailyArticles(10);
        Instant beginning = NOON.plusSeconds(60);
        long id = give(articles(5).from(beginning));

        setTime(beginning.minus(TICK));
        assertThat(overview().remaining()).hasValue(10);
        assertRefused(use(USER, ARTICLES, 11));
        setTime(beginning);

        assertThat(overview().remaining()).hasValue(15);
        assertAllowed(use(USER, ARTICLES, 11));
        assertThat(left(id)).isEqualTo(4);
    }

    @Test
    @DisplayName(
            "R38: decision and overview show the limit with the grants, what is left of each, and the plan's reset")
    void shown() {
        dailyArticles(10);
        Instant expiry = NOON.plus(Duration.ofDays(9));
        long first = give(articles(5).until(expiry).source(Grant.Source.COMPENSATION));
        long second = give(articles(7).from(NOON.plusSeconds(60)));
        long empty = give(articles(1).priority(-1));
        quota.grants().voidGrant(USER, empty, BY_TEST);

        var decision = use(USER, ARTICLES, 12);

        assertThat(decision.limit()).isEqualTo(Limit.of(15));
        assertThat(decision.remaining()).hasValue(3);
        assertThat(decision.resetsAt()).contains(MIDNIGHT);
        assertThat(decision.source().plan()).isEqualTo("free");
        assertThat(overview().limit()).isEqualTo(Limit.of(15));
        assertThat(overview().remaining()).hasValue(3);
        assertThat(overview().percentUsed()).hasValue(80);
        assertThat(overview().grants())
                .extracting(balance -> balance.grant().id())
                .containsExactly(first, second);
        assertThat(overview().grants()).extracting(GrantBalance::left).containsExactly(3L, 7L);
        assertThat(quota.grants().list(USER)).hasSize(3).first().satisfies(balance -> {
            assertThat(balance.grant())
                    .isEqualTo(articles(5)
                            .until(expiry)
                            .source(Grant.Source.COMPENSATION)
                            .withId(first));
            assertThat(balance.grantedAt()).isEqualTo(NOON);
            assertThat(balance.voidedAt()).isNull();
        });
    }

    @Test
    @DisplayName("R38: voiding takes back what is left, and what was used of it stays used and counted")
    void voided() {
        dailyArticles(10);
        long id = give(articles(5));
        use(USER, ARTICLES, 12);
        setTime(NOON.plusSeconds(60));

        quota.grants().voidGrant(USER, id, BY_TEST);

        assertThat(quota.grants().list(USER)).singleElement().satisfies(balance -> {
            assertThat(balance.left()).isZero();
            assertThat(balance.voidedAt()).isEqualTo(NOON.plusSeconds(60));
        });
        assertThat(overview().limit()).isEqualTo(Limit.of(12));
        assertThat(used(USER, ARTICLES)).isEqualTo(12);
        assertRefused(use(USER, ARTICLES));
        assertThatThrownBy(() -> quota.grants().voidGrant(USER, id, BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(String.valueOf(id));
    }

    @Test
    @DisplayName("R38: nobody can void a grant that does not exist, or somebody else's")
    void voidOfNothing() {
        dailyArticles(10);
        long id = give(articles(5));

        assertThatThrownBy(() -> quota.grants().voidGrant(USER, id + 1000, BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(String.valueOf(id + 1000));
        assertThatThrownBy(() -> quota.grants().voidGrant("user-43", id, BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class);

        assertThat(left(id)).isEqualTo(5);
    }

    @Test
    @DisplayName(
            "R26: alerts are at percentages of the limit with the grants, and a top-up re-arms what it falls below")
    void alerts() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        assertThat(fired(USER)).containsExactly(80, 95, 100);

        give(articles(10));
        assertThat(fired(USER)).hasSize(3);
        use(USER, ARTICLES, 5);
        assertThat(fired(USER)).hasSize(3);
        use(USER, ARTICLES, 1);
        assertThat(fired(USER)).containsExactly(80, 95, 100, 80);
        use(USER, ARTICLES, 4);

        assertThat(fired(USER)).containsExactly(80, 95, 100, 80, 95, 100);
        assertThat(alerts(USER)).extracting(Alert::limit).last().isEqualTo(Limit.of(20));
        assertThat(alerts(USER).stream().map(alert -> alert.threshold() + "/" + alert.generation()))
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("R30: voiding a grant that lowers the limit across thresholds fires them there and then")
    void voidFires() {
        dailyArticles(10);
        long id = give(articles(10));
        use(USER, ARTICLES, 9);
        assertThat(fired(USER)).isEmpty();

        quota.grants().voidGrant(USER, id, BY_TEST);

        assertThat(fired(USER)).containsExactly(80);
        assertThat(alerts(USER).get(0).limit()).isEqualTo(Limit.of(10));
    }

    @Test
    @DisplayName("R23: editing the plan, a downgrade or an override leaves what was bought as it is")
    void plansComeAndGo() {
        Plan plan = dailyArticles(10);
        plan("small", feature(ARTICLES, 2, ResetPeriod.DAILY));
        long id = give(articles(5));
        use(USER, ARTICLES, 11);

        quota.plans().update(editedTo(8), BY_TEST);
        quota.subscriptions().changePlan(USER, "small", Start.NOW, BY_TEST);
        assertThat(left(id)).isEqualTo(4);
        assertThat(overview().limit()).isEqualTo(Limit.of(7));
        assertRefused(use(USER, ARTICLES));
        setTime(MIDNIGHT);
        assertThat(overview().limit()).isEqualTo(Limit.of(6));
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 1), BY_TEST);

        assertAllowed(use(USER, ARTICLES, 5));
        assertThat(rows(USER).get(0).grants()).isEqualTo(Map.of(id, 4L));
        assertThat(plan.version()).isEqualTo(1);
    }

    @Test
    @DisplayName("R38: without a limit nothing is used of a grant, and on a limit of zero everything comes from it")
    void unlimitedAndZero() {
        plan("none", feature(ARTICLES, 0, ResetPeriod.DAILY));
        plan("all", feature(ARTICLES, -1, ResetPeriod.DAILY));
        subscribe(USER, "all");
        long id = give(articles(5));

        var unlimited = use(USER, ARTICLES, 1_000);
        assertThat(unlimited.limit()).isEqualTo(Limit.unlimited());
        assertThat(unlimited.remaining()).isEmpty();
        assertThat(left(id)).isEqualTo(5);
        setTime(MIDNIGHT);
        quota.subscriptions().changePlan(USER, "none", Start.NOW, BY_TEST);

        assertAllowed(use(USER, ARTICLES, 5));
        assertThat(left(id)).isZero();
        assertRefused(use(USER, ARTICLES));
        assertThat(fired(USER)).as("R31: of five units, not of zero").containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R4: units of a feature that the plan lacks are kept, and used once a plan has it")
    void featureThatThePlanLacks() {
        plan("free", feature(PUBLISH, 1, ResetPeriod.DAILY));
        subscribe(USER, "free");
        long id = give(articles(5));

        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.NO_FEATURE);
        assertThat(left(id)).isEqualTo(5);
        plan("pro", feature(ARTICLES, 1, ResetPeriod.DAILY));
        subscribe(USER, "pro");

        assertAllowed(use(USER, ARTICLES, 6));
        assertThat(left(id)).isZero();
    }

    @Test
    @DisplayName("R41: overage begins where allowance and grants are used up, and only that is marked")
    void overageAfterGrants() {
        plan("free", feature(ARTICLES, 10, ResetPeriod.DAILY).overage(Overage.upTo(2)));
        subscribe(USER, "free");
        long id = give(articles(3));
        assertThat(use(USER, ARTICLES, 16).reason()).contains(RefusalReason.EXHAUSTED);

        var decision = use(USER, ARTICLES, 15);

        assertThat(decision.overage()).isEqualTo(2);
        assertThat(rows(USER)).singleElement().satisfies(row -> {
            assertThat(row.overage()).isEqualTo(2);
            assertThat(row.grants()).isEqualTo(Map.of(id, 3L));
        });
        give(articles(4));
        assertThat(use(USER, ARTICLES, 4).overage())
                .as("what was above the limit before stays so, what comes now is granted")
                .isZero();
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R38: a use is of the grants of its own subject and feature alone")
    void ownGrantsOnly() {
        plan("free", feature(ARTICLES, 1, ResetPeriod.DAILY), feature(PUBLISH, 1, ResetPeriod.DAILY));
        subscribe(USER, "free");
        subscribe("user-43", "free");
        give(articles(5));

        assertRefused(use(USER, PUBLISH, 2));
        assertRefused(use("user-43", ARTICLES, 2));
        assertAllowed(use(USER, ARTICLES, 6));
    }
}
