package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Change;
import io.quotaguard.model.Draw;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanConflictException;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Thresholds;
import io.quotaguard.plan.PlanImport;
import io.quotaguard.plan.PlanImport.Kind;
import io.quotaguard.plan.PlanImport.Step;
import io.quotaguard.plan.PlansFile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R12, R23, R44: the plans of a file become those of the store, after a dry run. Needs no JSON library. */
abstract class PlansFileContract extends ContractGroup {
    private static final Change RELEASE = new Change("ci", "release 7", "release-7");
    private static final Plan FREE = planOf("free", feature(ARTICLES, 5, ResetPeriod.DAILY));
    private static final Plan TEAM = Plan.named("team")
            .displayName("Team")
            .description("For \u202eteams\nand more")
            .price("9.90", "EUR", BillingCycle.YEARLY)
            .displayOrder(-2)
            .fallback("free")
            .inactive()
            .feature(new PlanFeature(
                    KEYWORDS,
                    Limit.unlimited(),
                    ResetPeriod.every(Duration.ofMinutes(15)),
                    new Thresholds(List.of(50, 1000)),
                    Overage.upToPercent(10),
                    FailurePolicy.OPEN,
                    new PlanFeature.Label("Keywords", "keyword"),
                    new Draw("credits", 3)))
            .limit("credits", 100, ResetPeriod.MONTHLY)
            .limit(ARTICLES, 0, ResetPeriod.NEVER)
            .build();

    PlansFileContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private PlanImport apply(@Nullable String defaultPlan, Plan... plans) {
        return quota.plans().apply(PlansFile.of(List.of(plans), defaultPlan), BY_TEST);
    }

    private Plan found(String code) {
        return quota.plans().get(code).orElseThrow();
    }

    private static Plan toFree(String code) {
        return planOf(code).withFallback("free");
    }

    @Test
    @DisplayName("R23: the dry run tells what would change, field by field, and changes nothing")
    void dryRun() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("legacy");
        plan("same", feature(PUBLISH, 1, ResetPeriod.DAILY));

        PlanImport dry = apply("free", TEAM, FREE, planOf("same", feature(PUBLISH, 1, ResetPeriod.DAILY)));

        assertThat(dry.isEmpty()).isFalse();
        assertThat(dry.steps()).extracting(Step::kind).containsExactly(Kind.NEW, Kind.CHANGED, Kind.UNCHANGED);
        assertThat(dry.steps().get(1).differences())
                .containsExactly(new AuditState.Difference("features[" + ARTICLES + "].limit", "3", "5"));
        assertThat(dry.steps().get(1).plan()).isEqualTo(FREE.withVersion(1));
        assertThat(dry.leftAlone()).containsExactly("legacy");
        assertThat(dry.defaultPlan()).contains(new AuditState.Difference("defaultPlan", null, "free"));
        assertThat(quota.plans().list()).extracting(Plan::code).containsExactly("free", "legacy", "same");
        assertThat(found("free").version()).isEqualTo(1);
        assertThat(quota.plans().defaultPlan()).isEmpty();
    }

    @Test
    @DisplayName("R23: it is read as a text, one line a change, without what is invisible")
    void text() {
        quota.plans()
                .update(
                        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY))
                                .edit()
                                .description("old")
                                .build(),
                        BY_TEST);
        plan("legacy");
        quota.plans().setDefault("free", BY_TEST);

        assertThat(apply(
                        "te\u202em",
                        FREE,
                        Plan.named("te\u202em").description("\u001b[31mred").build()))
                .hasToString("""
                        plan free        version 2 → 3
                          description: old → (none)
                          features[articles_per_day].limit: 3 → 5
                        plan te\\u202Em   new
                          description: \\u001B[31mred
                          displayName: te\\u202Em
                          displayOrder: 0
                          status: ACTIVE
                        default plan     free → te\\u202Em
                        plan legacy      not in the file, left alone
                        """);
    }

    @Test
    @DisplayName("R23: a commit makes the plans those of the file, with all that they say; others are left alone")
    void commit() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        Plan legacy = plan("legacy", feature(PUBLISH, 1, ResetPeriod.DAILY));

        quota.plans().apply(PlansFile.of(List.of(TEAM, FREE), "free"), RELEASE).commit();

        assertThat(found("free")).isEqualTo(FREE.withVersion(2));
        assertThat(found("team")).isEqualTo(TEAM.withVersion(1));
        assertThat(found("team").features().keySet()).containsExactly(KEYWORDS, "credits", ARTICLES);
        assertThat(found("legacy")).isEqualTo(legacy);
        assertThat(quota.plans().defaultPlan()).contains("free");
        assertThat(use("guest", ARTICLES).limit().units()).isEqualTo(5);
        List<CatalogEntry> rows = quota.plans().history("free", 10);
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).change().actor()).isEqualTo("ci");
        assertThat(rows.get(0).change().reason()).isEqualTo("release 7");
        assertThat(rows.get(0).change().key()).startsWith("release-7");
    }

    @Test
    @DisplayName("R23: a file that was committed has nothing more to change, and neither has an export of the store")
    void idempotent() {
        apply("team", TEAM.withActive(true), FREE).commit();
        PlanImport again = apply("team", TEAM.withActive(true), FREE);

        assertThat(again.isEmpty()).isTrue();
        assertThat(again).hasToString("nothing to change\n");
        again.commit();
        assertThat(quota.plans().history("team", 10)).hasSize(1);
        assertThat(quota.plans()
                        .apply(
                                PlansFile.of(
                                        quota.plans().list(),
                                        quota.plans().defaultPlan().orElse(null)),
                                BY_TEST)
                        .isEmpty())
                .isTrue();
    }

    @Test
    @DisplayName("R23: who was faster is not overwritten; applying the file anew does the rest")
    void lostRace() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        PlanImport slow = apply("free", planOf("first"), FREE, planOf("last"));
        Plan faster =
                quota.plans().update(found("free").edit().displayName("Faster").build(), BY_TEST);

        assertThatThrownBy(slow::commit)
                .isInstanceOfSatisfying(
                        PlanConflictException.class,
                        conflict -> assertThat(conflict.found()).contains(faster));

        assertThat(found("free")).isEqualTo(faster);
        assertThat(quota.plans().defaultPlan()).isEmpty();
        PlanImport anew = apply("free", planOf("first"), FREE, planOf("last"));
        assertThat(anew.steps()).extracting(Step::kind).containsExactly(Kind.UNCHANGED, Kind.CHANGED, Kind.NEW);
        anew.commit();
        assertThat(found("free")).isEqualTo(FREE.withVersion(3));
        assertThat(found("last").version()).isEqualTo(1);
        assertThat(apply("free", planOf("first"), FREE, planOf("last")).isEmpty())
                .isTrue();
    }

    @Test
    @DisplayName("R23: a plan that somebody else created meanwhile, or another default, is a conflict too")
    void lostRaceOfNewPlanAndDefault() {
        PlanImport slow = apply(null, FREE);
        Plan faster = plan("free", feature(PUBLISH, 1, ResetPeriod.DAILY));
        plan("other");
        assertThatThrownBy(slow::commit).isInstanceOf(CatalogConflictException.class);
        assertThat(found("free")).isEqualTo(faster);

        PlanImport slowDefault = apply("free");
        quota.plans().setDefault("other", BY_TEST);
        assertThatThrownBy(slowDefault::commit)
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining("default plan was (none) and is other now");
        assertThat(quota.plans().defaultPlan()).contains("other");
    }

    @Test
    @DisplayName(
            "R23: a file without a default plan leaves the choice alone; one that names a plan of the store changes it")
    void defaultPlan() {
        plan("free");
        plan("other");
        quota.plans().setDefault("free", BY_TEST);

        apply(null, FREE).commit();
        assertThat(quota.plans().defaultPlan()).contains("free");
        apply("other").commit();
        assertThat(quota.plans().defaultPlan()).contains("other");
        assertInvalid(() -> apply("nope"), "defaultPlan \"nope\" is a plan neither in the file nor in the store (R4)");
    }

    @Test
    @DisplayName("R4: a plan comes after the one it falls back to, whatever the order in the file")
    void fallbacksFirst() {
        apply(null, planOf("c").withFallback("b"), planOf("b").withFallback("a"), planOf("a"))
                .commit();
        assertThat(found("c").fallback()).isEqualTo("b");
        assertThat(found("b").fallback()).isEqualTo("a");

        apply(null, planOf("a").withFallback("b"), planOf("b").withFallback("c"), planOf("c"))
                .commit();
        assertThat(found("a").fallback()).isEqualTo("b");
        assertThat(found("b").fallback()).isEqualTo("c");
        assertThat(found("c").fallback()).isNull();
    }

    @Test
    @DisplayName("R4: a fallback may be a plan that only the store has, but not lead round through it, nor to nowhere")
    void fallbacksInTheStore() {
        apply(null, FREE, toFree("stored")).commit();

        apply(null, planOf("new").withFallback("stored")).commit();
        assertThat(found("new").fallback()).isEqualTo("stored");

        assertInvalid(
                () -> apply(null, FREE.withFallback("stored")),
                "plans[0].fallback \"stored\" leads round in a cycle: free → stored → free (R4)");
        assertInvalid(
                () -> apply(null, planOf("x").withFallback("nope")),
                "plans[0].fallback \"nope\" is a plan neither in the file nor in the store (R4)");
        // The same two plans the other way round: through what the store has now, this would be a cycle for a moment.
        apply(null, FREE.withFallback("stored"), planOf("stored")).commit();
        assertThat(found("free").fallback()).isEqualTo("stored");
    }

    @Test
    @DisplayName("R12: a commit that comes again with its key changes nothing more; without a key it is a conflict")
    void retry() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        PlanImport once = quota.plans().apply(PlansFile.of(List.of(TEAM, FREE), "free"), RELEASE);

        once.commit();
        once.commit();

        assertThat(quota.plans().history("free", 10)).hasSize(2);
        assertThat(quota.plans().history("team", 10)).hasSize(1);
        PlanImport noKey = apply(null, planOf("new"));
        noKey.commit();
        assertThatThrownBy(noKey::commit).isInstanceOf(CatalogConflictException.class);
    }

    @Test
    @DisplayName("R12: the same file under the same key again, after another edit, is a change and no retry")
    void sameKeyLater() {
        PlansFile file = PlansFile.of(List.of(FREE), null);
        Change longKey = BY_TEST.key("k".repeat(200));
        for (Change change : List.of(RELEASE, longKey)) {
            quota.plans().apply(file, change).commit();
            quota.plans().update(found("free").edit().displayName("By hand").build(), BY_TEST);

            quota.plans().apply(file, change).commit();

            assertThat(found("free").displayName()).isEqualTo("free");
            quota.plans().update(found("free").edit().displayName("By hand").build(), BY_TEST);
        }
    }

    @Test
    @DisplayName("R23: the code of a deleted plan is not given again, not by a file either")
    void deletedPlan() {
        plan("gone");
        quota.plans().delete("gone", BY_TEST);

        assertInvalid(
                () -> apply(null, FREE, planOf("gone")),
                "plans[1].code \"gone\" is the code of a plan that was deleted, and is not given again (R23)");
        assertThat(quota.plans().list()).isEmpty();
    }

    @Test
    @DisplayName(
            "R23: a plan that falls back to a deleted one stays as it is, and is changed only with another fallback")
    void deletedFallback() {
        apply(null, FREE, planOf("old"), planOf("new").withFallback("old")).commit();
        quota.plans().deleteReplacedBy("old", "free", BY_TEST);

        assertThat(apply(null, planOf("new").withFallback("old")).isEmpty()).isTrue();
        assertInvalid(
                () -> apply(null, toFree("new").withFallback("old").withActive(false)),
                "plans[0].fallback \"old\" is a plan neither in the file nor in the store (R4)");
        apply(null, toFree("new")).commit();
        assertThat(found("new").fallback()).isEqualTo("free");
    }

    @Test
    @DisplayName("R40: what a feature is paid from is told by the dry run, committed, and read again")
    void creditsOfAPlan() {
        PlanFeature articles = feature(ARTICLES, 5, ResetPeriod.DAILY);
        PlanFeature credits = feature("credits", 100, ResetPeriod.MONTHLY);
        apply(null, planOf("paid", articles.drawing(10, "credits"), credits)).commit();
        Plan dearer = planOf("paid", articles.drawing(20, "credits"), credits);

        PlanImport dry = apply(null, dearer);

        assertThat(dry.steps().get(0).differences())
                .containsExactly(
                        new AuditState.Difference("features[" + ARTICLES + "].draw", "10 × credits", "20 × credits"));
        dry.commit();
        assertThat(found("paid")).isEqualTo(dearer.withVersion(2));
        assertThat(apply(null, dearer).isEmpty()).isTrue();
        subscribe(USER, "paid");
        use(USER, ARTICLES, 2);
        assertThat(used(USER, "credits")).isEqualTo(40);
    }

    @Test
    @DisplayName("R17: a period that would open a window again is refused by the dry run already")
    void reopenedWindow() {
        apply(null, FREE).commit();
        apply(null, planOf("free", feature(ARTICLES, 5, ResetPeriod.MONTHLY))).commit();

        assertThatThrownBy(() -> apply(null, FREE))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageStartingWith("plans[0]: reset period of " + ARTICLES + " \"daily\" was left at ");
    }

    private static void assertInvalid(Runnable dryRun, String message) {
        assertThatThrownBy(dryRun::run)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessage(message);
    }
}
