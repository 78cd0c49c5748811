package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R24: override above plan above default, field by field, and to the exact instant. */
abstract class OverrideContract extends ContractGroup {
    OverrideContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private void override(FeatureOverride override) {
        quota.subscriptions().override(override, BY_TEST);
    }

    @Test
    @DisplayName("R24: an override's limit stands above the plan's, and what was used stays used")
    void limitStandsAboveThePlans() {
        dailyArticles(3);
        use(USER, ARTICLES, 3);

        override(FeatureOverride.ofLimit(USER, ARTICLES, 5));
        Decision raised = use(USER, ARTICLES);
        override(FeatureOverride.ofLimit(USER, ARTICLES, 1));
        Decision lowered = use(USER, ARTICLES);
        quota.subscriptions().removeOverride(USER, ARTICLES, BY_TEST);
        Decision removed = use(USER, ARTICLES);

        assertThat(raised.remaining()).hasValue(1);
        assertThat(lowered.limit()).isEqualTo(Limit.of(1));
        assertThat(lowered.used()).isEqualTo(4);
        assertThat(removed.limit()).isEqualTo(Limit.of(3));
    }

    @Test
    @DisplayName("R24: an override may lift the limit altogether, or take it to zero")
    void unlimitedAndZero() {
        dailyArticles(3);

        override(FeatureOverride.ofLimit(USER, ARTICLES, -1));
        assertThat(use(USER, ARTICLES, 1000).remaining()).isEmpty();
        override(FeatureOverride.ofLimit(USER, ARTICLES, 0));

        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.EXHAUSTED);
    }

    @Test
    @DisplayName("R24: fields that an override leaves out are the plan's")
    void unsetFieldsInherit() {
        dailyArticles(10);

        override(FeatureOverride.of(USER, ARTICLES).thresholds(50));
        Decision decision = use(USER, ARTICLES, 5);

        assertThat(decision.limit()).isEqualTo(Limit.of(10));
        assertThat(decision.source().plan()).isEqualTo("free");
        assertThat(fired(USER)).containsExactly(50);
    }

    @Test
    @DisplayName("R24: an override ends at its exact instant, and the plan's limit holds again from then on")
    void endsAtItsInstant() {
        dailyArticles(3);
        Instant end = NOON.plusSeconds(90);
        override(FeatureOverride.ofLimit(USER, ARTICLES, 9).until(end));
        QuotaGuard other = guard(fixture.anotherNode());
        other.checkAndRecord(USER, ARTICLES);

        setTime(end.minusNanos(1000));
        assertThat(use(USER, ARTICLES).limit()).isEqualTo(Limit.of(9));
        setTime(end);
        assertThat(use(USER, ARTICLES).limit()).isEqualTo(Limit.of(3));
        assertThat(other.checkAndRecord(USER, ARTICLES).limit()).isEqualTo(Limit.of(3));
        assertThat(quota.overview(USER).feature(ARTICLES).orElseThrow().limit()).isEqualTo(Limit.of(3));
        assertThat(quota.subscriptions().overrides(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R24: an override is read back as it was set, with its end to the microsecond")
    void isReadBackAsSet() {
        dailyArticles(3);
        FeatureOverride set = FeatureOverride.ofLimit(USER, ARTICLES, 7)
                .period(ResetPeriod.MONTHLY)
                .thresholds(10, 200)
                .overage(Overage.upToPercent(20))
                .onFailure(FailurePolicy.OPEN)
                .until(NOON.plusNanos(123_456_789));

        override(set);

        assertThat(quota.subscriptions().overrides(USER)).containsExactly(set);
        assertThat(guard(fixture.anotherNode()).subscriptions().overrides(USER)).containsExactly(set);
    }

    @Test
    @DisplayName("R24: an override stands above the default plan too, and survives subscribing")
    void standsAboveTheDefault() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        quota.plans().setDefault("free", BY_TEST);

        override(FeatureOverride.ofLimit(USER, ARTICLES, 5));
        assertThat(use(USER, ARTICLES).limit()).isEqualTo(Limit.of(5));
        subscribe(USER, "pro");
        assertThat(use(USER, ARTICLES).limit()).isEqualTo(Limit.of(5));
        assertThat(use("user-43", ARTICLES).limit()).isEqualTo(Limit.of(3));
    }

    @Test
    @DisplayName("R24: an override does not give a feature that the plan lacks, nor revive an inactive plan")
    void givesNoFeature() {
        dailyArticles(3);
        override(FeatureOverride.ofLimit(USER, PUBLISH, 5));
        assertThat(use(USER, PUBLISH).reason()).contains(RefusalReason.NO_FEATURE);
        override(FeatureOverride.ofLimit(USER, ARTICLES, 5));
        quota.plans().update(quota.plans().get("free").orElseThrow().withActive(false), BY_TEST);

        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.PLAN_INACTIVE);
    }

    @Test
    @DisplayName("R24: an override outlives a plan change, and a pending downgrade still comes under it")
    void outlivesAPlanChange() {
        dailyArticles(10);
        plan("small", feature(ARTICLES, 2, ResetPeriod.DAILY));
        override(FeatureOverride.ofLimit(USER, ARTICLES, 20).until(MIDNIGHT.plusSeconds(60)));
        quota.subscriptions().changePlan(USER, "small", Start.AT_WINDOW_END, BY_TEST);

        setTime(MIDNIGHT);
        assertThat(use(USER, ARTICLES).limit()).isEqualTo(Limit.of(20));
        setTime(MIDNIGHT.plusSeconds(60));
        assertThat(use(USER, ARTICLES).limit()).isEqualTo(Limit.of(2));
    }

    @Test
    @DisplayName("R24: who has an override is read a page at a time, by subject and feature, expired ones included")
    void whoHasOne() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY), feature(PUBLISH, 3, ResetPeriod.DAILY));
        List<FeatureOverride> all = new ArrayList<>();
        for (String subject : List.of("a", "a b", "user-1", "user-10", "user-2", "\u00e9", "\uFF5E")) {
            all.add(FeatureOverride.ofLimit(subject, ARTICLES, 5).until(NOON.plusSeconds(1)));
            all.add(FeatureOverride.ofLimit(subject, PUBLISH, 6));
        }
        List<FeatureOverride> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(this::override);
        setTime(MIDNIGHT);

        OverrideQuery articles = OverrideQuery.all().feature(ARTICLES);
        assertThat(quota.subscriptions().overrides(OverrideQuery.all())).containsExactlyElementsOf(all);
        assertThat(pages(OverrideQuery.all(), 3)).isEqualTo(all);
        assertThat(pages(OverrideQuery.all(), 14)).isEqualTo(all);
        assertThat(pages(articles, 2))
                .isEqualTo(all.stream()
                        .filter(each -> each.feature().equals(ARTICLES))
                        .toList());
        quota.subscriptions().removeOverride("user-1", ARTICLES, BY_TEST);
        assertThat(quota.subscriptions().overrides(articles)).hasSize(6);
        assertThat(quota.subscriptions().overrides(OverrideQuery.all().feature(KEYWORDS)))
                .isEmpty();
    }

    private List<FeatureOverride> pages(OverrideQuery query, int size) {
        List<FeatureOverride> read = new ArrayList<>();
        List<FeatureOverride> page = quota.subscriptions().overrides(query.pageSize(size));
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(size);
            read.addAll(page);
            page = quota.subscriptions().overrides(query.pageSize(size).after(page.get(page.size() - 1)));
        }
        return read;
    }
}
