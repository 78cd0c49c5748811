package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Cadence;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.SubjectCatalog.DefaultPlan;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.plan.Entitlements.Resolved;
import io.quotaguard.plan.Entitlements.Use;
import io.quotaguard.spi.Line;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R40: what a use charges on each level")
class UseResolverTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
    private static final Instant SOON = NOW.plusSeconds(60);
    private static final Instant LATE = NOW.plusSeconds(3600);
    private static final PlanFeature DAILY =
            PlanFeature.of("f", Limit.of(50), ResetPeriod.DAILY).overage(Overage.SOFT);

    /** A level as the cache has it. */
    private record Have(SubjectCatalog catalog) implements UseResolver.Level {
        @Override
        public Resolved resolve(String feature, Instant at) {
            return Resolved.of(catalog, feature, at);
        }

        @Override
        public Resolved resolveAsPool(String feature, Instant at) {
            return Resolved.ofPool(catalog, feature, at);
        }

        Have with(FeatureOverride override) {
            return new Have(catalog.withOverrides(List.of(override)));
        }
    }

    private static Have silent(String subject) {
        return new Have(new SubjectCatalog(
                subject, 1, null, List.of(), Map.of(), List.of(), DefaultPlan.NONE, "pool", Set.of()));
    }

    private static Have having(String subject, Term term, PlanFeature... features) {
        Plan.Builder plan = Plan.named("plan");
        for (PlanFeature feature : features) {
            plan.feature(feature);
        }
        Subscription subscription =
                Subscription.to(subject, new Phase("plan", null, START, Start.NOW), term, Cadence.DEFAULT);
        return new Have(new SubjectCatalog(
                subject,
                1,
                subscription,
                List.of(),
                Map.of("plan", plan.build().withVersion(3)),
                List.of(),
                DefaultPlan.NONE,
                null,
                Set.of()));
    }

    private static Have having(String subject, PlanFeature... features) {
        return having(subject, Term.OPEN, features);
    }

    private static List<Line> lines(long amount, Have... levels) {
        Use use = UseResolver.resolve(List.of(levels), "f", amount, NOW);
        return use.lines();
    }

    private static Entitlement first(Have... levels) {
        return UseResolver.entitlement(List.of(levels), "f", NOW);
    }

    private static @Nullable Origin origin(long rate) {
        return new Origin("u", "f", rate);
    }

    @Test
    @DisplayName("R40: a use alone has one line, its own")
    void alone() {
        assertThat(lines(3, having("u", DAILY))).singleElement().satisfies(line -> {
            assertThat(line.subject()).isEqualTo("u");
            assertThat(line.amount()).isEqualTo(3);
            assertThat(line.origin()).isNull();
            assertThat(line.terms().limit()).isEqualTo(Limit.of(50));
        });
    }

    @Test
    @DisplayName("R40: each level above has a line of as many units, on behalf of the use")
    void levels() {
        List<Line> lines =
                lines(3, having("u", DAILY), having("team", DAILY.limit(70)), having("org", DAILY.limit(90)));

        assertThat(lines).extracting(Line::subject).containsExactly("u", "team", "org");
        assertThat(lines).extracting(Line::amount).containsOnly(3L);
        assertThat(lines).extracting(Line::origin).containsExactly(null, origin(1), origin(1));
        assertThat(lines)
                .extracting(line -> line.terms().limit())
                .containsExactly(Limit.of(50), Limit.of(70), Limit.of(90));
    }

    @Test
    @DisplayName("R40: credits are charged at their rate, on the level that pays in them")
    void credits() {
        PlanFeature credits = PlanFeature.of("credits", Limit.of(1000), ResetPeriod.MONTHLY);
        List<Line> lines = lines(3, having("u", DAILY), having("team", DAILY.drawing(10, "credits"), credits));
        assertThat(lines).extracting(Line::feature).containsExactly("f", "f", "credits");
        Line paid = lines.get(2);
        assertThat(paid.subject()).isEqualTo("team");
        assertThat(paid.amount()).isEqualTo(30);
        assertThat(paid.origin()).isEqualTo(origin(10));
        assertThat(paid.terms().limit()).isEqualTo(Limit.of(1000));
        assertThat(lines(3, having("u", DAILY.drawing(2, "credits"), credits)))
                .as("a use alone that pays in credits")
                .extracting(Line::amount)
                .containsExactly(3L, 6L);
    }

    @Test
    @DisplayName("R6: as many credits as the largest sum can be charged, and not one more")
    void tooManyCredits() {
        PlanFeature credits = PlanFeature.of("credits", Limit.unlimited(), ResetPeriod.MONTHLY);
        Have level = having("u", DAILY.drawing(7, "credits"), credits);
        long most = Units.MAX / 7;

        assertThat(lines(most, level).get(1).amount()).isEqualTo(most * 7);
        assertThatThrownBy(() -> lines(most + 1, level))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll("R6", Long.toString(most + 1));
    }

    @Test
    @DisplayName(
            "R40: a level that says nothing has no limit, in the window of the nearest above, else of the nearest below")
    void silentLevels() {
        PlanFeature weekly = DAILY.limit(70).period(ResetPeriod.WEEKLY);
        PlanFeature monthly = DAILY.limit(90).period(ResetPeriod.MONTHLY);
        List<Line> between =
                lines(1, having("u", DAILY), silent("team"), having("org", weekly), having("top", monthly));
        List<Line> onTop = lines(1, having("u", DAILY), having("team", weekly), silent("org"));
        List<Line> below = lines(1, silent("u"), having("team", weekly));
        List<Line> second =
                lines(1, having("u", DAILY), having("team", PlanFeature.of("g", Limit.of(1), ResetPeriod.DAILY)));

        assertThat(between.get(1).terms().limit()).isEqualTo(Limit.unlimited());
        assertThat(between.get(1).terms().window())
                .isEqualTo(between.get(2).terms().window());
        assertThat(onTop.get(2).terms().window()).isEqualTo(onTop.get(1).terms().window());
        assertThat(below.get(0).terms().window()).isEqualTo(below.get(1).terms().window());
        assertThat(below.get(0).terms().ceiling()).isEqualTo(Limit.unlimited());
        assertThat(second.get(1).terms().limit()).isEqualTo(Limit.unlimited());
        assertThat(second.get(1).terms().window())
                .isEqualTo(second.get(0).terms().window());
    }

    @Test
    @DisplayName("R4, R40: a feature that no level has is refused on each")
    void nowhere() {
        assertThat(lines(1, silent("u"), having("team", PlanFeature.of("g", Limit.of(1), ResetPeriod.DAILY))))
                .extracting(line -> line.terms().standing())
                .containsExactly(Standing.NO_PLAN, Standing.NO_FEATURE);
    }

    @Test
    @DisplayName(
            "R4, R40: a level whose plan is inactive does not pass for one that says nothing, nor for one that has it")
    void inactive() {
        Have team = having("team", DAILY);
        Plan plan = team.catalog().current("plan").orElseThrow().withActive(false);
        Have off = new Have(team.catalog().knowing(List.of(plan), null));

        assertThat(lines(1, silent("u"), off))
                .extracting(line -> line.terms().standing())
                .containsExactly(Standing.NO_PLAN, Standing.PLAN_INACTIVE);
    }

    @Test
    @DisplayName(
            "R40: what such a level has is of the pool: no limit, no alerts, no overage of its own, at its own revision")
    void ofThePool() {
        Entitlement found = first(silent("u"), having("team", DAILY.drawing(2, "credits"), creditsOf("credits")));

        assertThat(found.standing()).isEqualTo(Standing.GRANTED);
        assertThat(found.source()).isEqualTo(new LimitSource(LimitSource.Kind.POOL, "plan", 3));
        assertThat(found.thresholds()).isEqualTo(Thresholds.NONE);
        assertThat(found.overage()).isEqualTo(Overage.HARD);
        assertThat(found.draw()).isNotNull();
        assertThat(found.version().planCode()).isNull();
        assertThat(found.validFrom()).isNull();
        assertThat(found.validUntil()).isNull();
    }

    private static PlanFeature creditsOf(String name) {
        return PlanFeature.of(name, Limit.of(9), ResetPeriod.DAILY);
    }

    @Test
    @DisplayName(
            "R24, R40: an override caps such a level up to its exact end, and what is resolved after it holds from there")
    void capped() {
        FeatureOverride cap = FeatureOverride.ofLimit("u", "f", 5);
        Have team = having("team", Term.until(LATE), DAILY);

        Entitlement before = first(silent("u").with(cap.until(SOON)), team);
        assertThat(before.limit()).isEqualTo(Limit.of(5));
        assertThat(before.source().kind()).isEqualTo(LimitSource.Kind.OVERRIDE);
        assertThat(before.validUntil()).isEqualTo(SOON);
        Entitlement longer = first(silent("u").with(cap.until(LATE.plusSeconds(1))), team);
        assertThat(longer.validUntil()).isEqualTo(LATE);
        Entitlement after = first(silent("u").with(cap.until(NOW)), team);
        assertThat(after.limit()).isEqualTo(Limit.unlimited());
        assertThat(after.validFrom()).isEqualTo(NOW);
        Entitlement other = first(silent("u").with(FeatureOverride.ofLimit("u", "g", 5)), team);
        assertThat(other.limit()).isEqualTo(Limit.unlimited());
        assertThat(other.validFrom()).isNull();
    }

    @Test
    @DisplayName("R24, R40: an override of the period alone gives such a level windows of its own, and no limit")
    void ownPeriod() {
        Have user = silent("u").with(FeatureOverride.of("u", "f").period(ResetPeriod.MONTHLY));
        Line line = lines(1, user, having("team", DAILY)).get(0);

        assertThat(line.terms().window()).isEqualTo(Cadence.DEFAULT.windowAt(ResetPeriod.MONTHLY, NOW));
        assertThat(line.terms().source().kind()).isEqualTo(LimitSource.Kind.POOL);
    }

    @Test
    @DisplayName(
            "R21, R40: such a level holds from the later beginning to the earlier end of its own and of the pool's terms")
    void spans() {
        Instant recently = NOW.minusSeconds(60);
        Have ended = having("u", Term.until(recently), DAILY);
        Have pool = having("team", Term.until(SOON), DAILY)
                .with(FeatureOverride.ofLimit("team", "f", 5).until(NOW.minusSeconds(3600)));
        Have member = new Have(new SubjectCatalog(
                "u",
                1,
                ended.catalog().subscription(),
                List.of(),
                ended.catalog().plans(),
                List.of(),
                DefaultPlan.NONE,
                "team",
                Set.of()));

        Entitlement found = first(member, pool);
        assertThat(found.limit()).isEqualTo(Limit.unlimited());
        assertThat(found.validFrom()).isEqualTo(recently);
        assertThat(found.validUntil()).isEqualTo(SOON);
        Instant later = recently.plusSeconds(1);
        Have younger = pool.with(FeatureOverride.ofLimit("team", "f", 5).until(later));
        assertThat(first(member, younger).validFrom()).isEqualTo(later);
    }
}
