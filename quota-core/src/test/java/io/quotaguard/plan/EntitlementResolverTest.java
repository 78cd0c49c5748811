package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Cadence;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.SubjectCatalog.DefaultPlan;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a subject may do with a feature")
class EntitlementResolverTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant LATER = Instant.parse("2026-03-10T12:00:00Z");
    private static final Instant END = Instant.parse("2026-03-20T00:00:00Z");
    private static final long REVISION = 4;
    private static final long CHOICE = 9;
    private static final Plan FREE = plan("free", 1, 10);
    private static final Plan PRO = plan("pro", 2, 100);

    private static Plan plan(String code, long version, long limit) {
        return Plan.named(code).limit("f", limit, ResetPeriod.DAILY).build().withVersion(version);
    }

    private static Subscription to(String plan, Term term) {
        return Subscription.to("u", new Phase(plan, null, START, Start.NOW), term, Cadence.DEFAULT);
    }

    private static SubjectCatalog catalog(@Nullable Subscription subscription, Plan... plans) {
        Map<String, Plan> current = Stream.of(plans).collect(Collectors.toMap(Plan::code, Function.identity()));
        return new SubjectCatalog(
                "u",
                REVISION,
                subscription,
                List.of(),
                current,
                List.of(),
                new DefaultPlan("free", CHOICE),
                null,
                Set.of());
    }

    private static SubjectCatalog withDefault(SubjectCatalog catalog, DefaultPlan chosen, @Nullable String pool) {
        return new SubjectCatalog("u", REVISION, null, List.of(), catalog.plans(), List.of(), chosen, pool, Set.of());
    }

    private static Entitlement resolve(SubjectCatalog catalog, Instant at) {
        return EntitlementResolver.resolve(catalog, "f", at);
    }

    private static CatalogVersion version(@Nullable String plan, long planVersion, long choice) {
        return new CatalogVersion(REVISION, plan, planVersion, choice);
    }

    @Test
    @DisplayName("R4, R25: without a subscription it has the default plan, and depends on its choice")
    void byDefault() {
        Entitlement found = resolve(catalog(null, FREE), START);

        assertThat(found.standing()).isEqualTo(Standing.GRANTED);
        assertThat(found.limit()).isEqualTo(Limit.of(10));
        assertThat(found.source()).isEqualTo(new LimitSource(LimitSource.Kind.DEFAULT, "free", 1));
        assertThat(found.version()).isEqualTo(version("free", 1, CHOICE));
        assertThat(found.validFrom()).isNull();
        assertThat(found.validUntil()).isNull();
    }

    @Test
    @DisplayName(
            "R4, R25: without a default plan it has none, and depends on the choice and on the plan that was chosen")
    void noDefault() {
        SubjectCatalog plans = catalog(null);
        Entitlement unchosen = resolve(withDefault(plans, DefaultPlan.NONE, null), START);
        Entitlement unknown = resolve(plans, START);

        assertThat(unchosen.standing()).isEqualTo(Standing.NO_PLAN);
        assertThat(unchosen.version()).isEqualTo(version(null, 0, 0));
        assertThat(unchosen.source()).isEqualTo(LimitSource.NONE);
        assertThat(unchosen.limit()).isEqualTo(Limit.of(0));
        assertThat(unknown.standing()).isEqualTo(Standing.NO_PLAN);
        assertThat(unknown.version()).isEqualTo(version("free", 0, CHOICE));
    }

    @Test
    @DisplayName("R40: the default plan is neither for a member of a pool nor for a pool's members")
    void noDefaultInPools() {
        SubjectCatalog alone = catalog(null, FREE);
        SubjectCatalog member = withDefault(alone, alone.defaultPlan(), "team");

        assertThat(resolve(member, START).standing()).isEqualTo(Standing.NO_PLAN);
        assertThat(resolve(member, START).version()).isEqualTo(version(null, 0, CatalogVersion.NOT_USED));
        assertThat(EntitlementResolver.resolvePool(alone, "f", START).standing())
                .isEqualTo(Standing.NO_PLAN);
        assertThat(EntitlementResolver.resolvePool(catalog(to("pro", Term.OPEN), PRO), "f", START)
                        .limit())
                .isEqualTo(Limit.of(100));
    }

    @Test
    @DisplayName("R4, R25: a subscription gives its plan, and depends on no default")
    void bySubscription() {
        Entitlement found = resolve(catalog(to("pro", Term.OPEN), FREE, PRO), LATER);

        assertThat(found.limit()).isEqualTo(Limit.of(100));
        assertThat(found.source()).isEqualTo(new LimitSource(LimitSource.Kind.PLAN, "pro", 2));
        assertThat(found.version()).isEqualTo(version("pro", 2, CatalogVersion.NOT_USED));
        assertThat(found.validUntil()).isNull();
    }

    @Test
    @DisplayName("R4: a plan that is unknown, inactive, or without the feature gives nothing, each with its own reason")
    void nothing() {
        assertThat(resolve(catalog(to("gone", Term.OPEN), FREE), LATER).standing())
                .isEqualTo(Standing.NO_PLAN);
        Entitlement inactive = resolve(catalog(to("pro", Term.until(END)), PRO.withActive(false)), LATER);
        assertThat(inactive.standing()).isEqualTo(Standing.PLAN_INACTIVE);
        assertThat(inactive.source().plan()).isEqualTo("pro");
        assertThat(inactive.validUntil()).isEqualTo(END);
        assertThat(EntitlementResolver.resolve(catalog(to("pro", Term.OPEN), PRO), "g", LATER)
                        .standing())
                .isEqualTo(Standing.NO_FEATURE);
    }

    @Test
    @DisplayName("R23, R25: who stays on a past version has its terms, while the current one says whether it is active")
    void pinned() {
        Phase pinned = new Phase("pro", 1L, START, Start.NOW);
        Subscription subscription = Subscription.to("u", pinned, Term.OPEN, Cadence.DEFAULT);
        SubjectCatalog catalog = catalog(subscription, PRO).knowing(List.of(), plan("pro", 1, 55));
        Entitlement found = resolve(catalog, LATER);

        assertThat(found.limit()).isEqualTo(Limit.of(55));
        assertThat(found.source().planVersion()).isEqualTo(1);
        assertThat(found.version()).isEqualTo(version("pro", 2, CatalogVersion.NOT_USED));
        assertThat(resolve(catalog.knowing(List.of(PRO.withActive(false)), null), LATER)
                        .standing())
                .isEqualTo(Standing.PLAN_INACTIVE);
        assertThat(resolve(catalog(subscription, PRO), LATER).standing())
                .as("its version is gone")
                .isEqualTo(Standing.NO_PLAN);
    }

    @Test
    @DisplayName("R4, R23: in the place of a deleted plan stands its fallback, also for who stayed on a past version")
    void deleted() {
        Phase pinned = new Phase("pro", 1L, START, Start.NOW);
        Plan gone = PRO.withFallback("free").withStatus(Plan.Status.DELETED);
        Entitlement found =
                resolve(catalog(Subscription.to("u", pinned, Term.OPEN, Cadence.DEFAULT), FREE, gone), LATER);

        assertThat(found.limit()).isEqualTo(Limit.of(10));
        assertThat(found.source()).isEqualTo(new LimitSource(LimitSource.Kind.PLAN, "free", 1));
        assertThat(found.version()).isEqualTo(version("free", 1, CatalogVersion.NOT_USED));
    }

    @Test
    @DisplayName("R21: from its end on a subscription gives the fallback, or the default plan, and before it its own")
    void ended() {
        SubjectCatalog fallback = catalog(to("pro", Term.until(END).thenPlan("free")), FREE, PRO);
        SubjectCatalog none = catalog(to("pro", Term.until(END)), FREE, PRO);

        Entitlement before = resolve(fallback, END.minusNanos(1));
        assertThat(before.limit()).isEqualTo(Limit.of(100));
        assertThat(before.validUntil()).isEqualTo(END);
        Entitlement after = resolve(fallback, END);
        assertThat(after.source()).isEqualTo(new LimitSource(LimitSource.Kind.PLAN, "free", 1));
        assertThat(after.validFrom()).isEqualTo(END);
        assertThat(after.validUntil()).isNull();
        Entitlement byDefault = resolve(none, END);
        assertThat(byDefault.source()).isEqualTo(new LimitSource(LimitSource.Kind.DEFAULT, "free", 1));
        assertThat(byDefault.validFrom()).isEqualTo(END);
    }

    @Test
    @DisplayName("R21: a plan that starts with the next window holds from there, up to the end of the subscription")
    void nextPhase() {
        Instant midnight = Instant.parse("2026-03-11T00:00:00Z");
        Subscription changed = to("pro", Term.until(END)).then(new Phase("free", null, LATER, Start.AT_WINDOW_END));
        SubjectCatalog catalog = catalog(changed, FREE, PRO);

        Entitlement before = resolve(catalog, midnight.minusNanos(1));
        assertThat(before.limit()).isEqualTo(Limit.of(100));
        assertThat(before.validFrom()).isNull();
        assertThat(before.validUntil()).isEqualTo(midnight);
        Entitlement after = resolve(catalog, midnight);
        assertThat(after.limit()).isEqualTo(Limit.of(10));
        assertThat(after.validFrom()).isEqualTo(midnight);
        assertThat(after.validUntil()).isEqualTo(END);
    }

    @Test
    @DisplayName(
            "R24: an override comes before the plan up to its exact end; what is resolved after it holds from there")
    void override() {
        SubjectCatalog plans = catalog(to("pro", Term.until(END)), PRO);
        SubjectCatalog catalog = plans.withOverrides(List.of(
                FeatureOverride.ofLimit("u", "g", 1),
                FeatureOverride.ofLimit("u", "f", 7).until(LATER)));

        Entitlement before = resolve(catalog, LATER.minusNanos(1));
        assertThat(before.limit()).isEqualTo(Limit.of(7));
        assertThat(before.source()).isEqualTo(new LimitSource(LimitSource.Kind.OVERRIDE, "pro", 2));
        assertThat(before.validUntil()).isEqualTo(LATER);
        Entitlement after = resolve(catalog, LATER);
        assertThat(after.limit()).isEqualTo(Limit.of(100));
        assertThat(after.source().kind()).isEqualTo(LimitSource.Kind.PLAN);
        assertThat(after.validFrom()).isEqualTo(LATER);
        assertThat(after.validUntil()).isEqualTo(END);
    }

    @Test
    @DisplayName(
            "R24: an override that ends after the subscription does not make it longer; its unset fields are the plan's")
    void longOverride() {
        SubjectCatalog catalog = catalog(to("pro", Term.until(END)), PRO)
                .withOverrides(List.of(
                        FeatureOverride.of("u", "f").period(ResetPeriod.WEEKLY).until(END.plusSeconds(1))));
        Entitlement found = resolve(catalog, LATER);

        assertThat(found.limit()).isEqualTo(Limit.of(100));
        assertThat(found.period()).isEqualTo(ResetPeriod.WEEKLY);
        assertThat(found.source().kind()).as("whose limit it is").isEqualTo(LimitSource.Kind.PLAN);
        assertThat(found.validUntil()).isEqualTo(END);
    }

    @Test
    @DisplayName("R24: an override that ended before the plan began does not make the plan's terms older")
    void endedOverrides() {
        SubjectCatalog catalog = catalog(to("pro", Term.until(END).thenPlan("free")), FREE, PRO)
                .withOverrides(List.of(FeatureOverride.ofLimit("u", "f", 7).until(LATER)));

        assertThat(resolve(catalog, END).validFrom()).isEqualTo(END);
    }
}
