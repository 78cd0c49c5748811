package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Offer;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Retention;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.UnknownPlanException;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Bad arguments at every public entry")
class BadInputTest extends Unchanging {
    /** A call that is given a bad value, with the words that its error must hold. */
    private record Entry(String call, Consumer<BadInputTest> bad, List<String> words) {
        Entry(String call, Consumer<BadInputTest> bad, String... words) {
            this(call, bad, List.of(words));
        }

        @Override
        public String toString() {
            return call;
        }
    }

    static List<Entry> entries() {
        Usage use = Usage.of(USER, ARTICLES);
        return List.of(
                new Entry("no store", t -> QuotaGuard.builder(missing()), "store"),
                new Entry("no usage", t -> t.quota.checkAndRecord((Usage) missing()), "usage"),
                new Entry("no usage to check", t -> t.quota.check((Usage) missing()), "usage"),
                new Entry("no list", t -> t.quota.checkAndRecordAll(missing()), "usages"),
                new Entry("empty list", t -> t.quota.checkAndRecordAll(List.of()), "0", "R3"),
                new Entry("a gap alone", t -> t.quota.checkAndRecordAll(Arrays.asList((Usage) missing())), "usage"),
                new Entry("a gap", t -> t.quota.checkAndRecordAll(Arrays.asList(use, missing())), "usage"),
                new Entry("twice", t -> t.quota.checkAndRecordAll(List.of(use, use)), USER, ARTICLES, "R3"),
                new Entry(
                        "two keys",
                        t -> t.quota.checkAndRecordAll(List.of(
                                use.key("k1"), Usage.of("other", ARTICLES).key("k2"))),
                        "k2",
                        "R3"),
                new Entry("amount 0", t -> use.amount(0), "0", "R6"),
                new Entry("amount -5", t -> use.amount(-5), "-5", "R6"),
                new Entry("amount 2^53", t -> use.amount(1L << 53), "9007199254740992", "R6"),
                new Entry("no metadata", t -> new Usage(USER, ARTICLES, 1, null, missing()), "metadata"),
                new Entry("no text", t -> use.with("name", missing()), "metadata name", "R46"),
                new Entry("long text", t -> use.with("name", "x".repeat(1001)), "1001", "R46"),
                new Entry("NUL in text", t -> use.with("name", "a\u0000"), "NUL", "R46"),
                new Entry("lone surrogate in text", t -> use.with("name", "a\uD800"), "surrogate", "R46"),
                new Entry("much metadata", t -> tooMuchMetadata(use), "32", "R46"),
                new Entry("reset by nobody", t -> t.quota.reset(USER, ARTICLES, missing()), "change", "R44"),
                new Entry("long reason", t -> BY.because("x".repeat(1001)), "1001", "R46"),
                new Entry("no plan", t -> t.quota.plans().create(missing(), BY), "plan"),
                new Entry(
                        "plan by nobody",
                        t -> t.quota.plans().create(Plan.named("p").build(), missing()),
                        "R44"),
                new Entry("no edit", t -> t.quota.plans().update(missing(), BY), "plan"),
                new Entry("edit by nobody", t -> t.quota.plans().update(t.free, missing()), "R44"),
                new Entry(
                        "edit of a plan that was never read",
                        t -> t.quota.plans().update(Plan.named("free").build(), BY),
                        "R23"),
                new Entry("default by nobody", t -> t.quota.plans().setDefault("free", missing()), "R44"),
                new Entry(
                        "feature twice",
                        t -> Plan.named("p").limit("f", 1, ResetPeriod.DAILY).unlimited("f", ResetPeriod.DAILY),
                        "f",
                        "twice"),
                new Entry("no terms", t -> Plan.named("p").feature(missing()), "terms"),
                new Entry("limit -2", t -> Plan.named("p").limit("f", -2, ResetPeriod.DAILY), "-2", "R4"),
                new Entry("limit 2^53", t -> Limit.of(1L << 53), "9007199254740992", "R4"),
                new Entry("no period", t -> Plan.named("p").limit("f", 1, missing()), "period"),
                new Entry("no limit", t -> PlanFeature.of("f", missing(), ResetPeriod.DAILY), "limit"),
                new Entry(
                        "no thresholds",
                        t -> PlanFeature.of("f", Limit.of(1), ResetPeriod.DAILY)
                                .thresholds(BadInputTest.<Integer[]>missing()),
                        "thresholds"),
                new Entry(
                        "no failure policy",
                        t -> PlanFeature.of("f", Limit.of(1), ResetPeriod.DAILY).onFailure(missing()),
                        "failure policy"),
                new Entry("threshold 0", t -> Thresholds.of(0), "0", "R26"),
                new Entry("threshold 1001", t -> Thresholds.of(1001), "1001", "R26"),
                new Entry("a threshold missing", t -> Thresholds.of(80, missing()), "threshold"),
                new Entry("descending thresholds", t -> Thresholds.of(95, 80), "95", "R27"),
                new Entry("equal thresholds", t -> Thresholds.of(80, 80), "80", "R27"),
                new Entry("no such period", t -> ResetPeriod.parse("fortnightly"), "fortnightly"),
                new Entry("no such zone", t -> Anchor.inZone("Mars/Olympus"), "Mars/Olympus", "R16"),
                new Entry("not even a zone's name", t -> Anchor.inZone("?"), "\"?\"", "R16"),
                new Entry("no zone", t -> Anchor.inZone((String) missing()), "zone"),
                new Entry(
                        "subscribe by nobody", t -> t.quota.subscriptions().subscribe(USER, "free", missing()), "R44"),
                new Entry(
                        "no anchor",
                        t -> t.quota.subscriptions().subscribe(USER, "free", BadInputTest.<Anchor>missing(), BY),
                        "anchor",
                        "R16"),
                new Entry(
                        "no start",
                        t -> t.quota.subscriptions().changePlan(USER, "free", missing(), BY),
                        "start",
                        "R21"),
                new Entry("no override", t -> t.quota.subscriptions().override(missing(), BY), "override"),
                new Entry(
                        "override by nobody",
                        t -> t.quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 1), missing()),
                        "R44"),
                new Entry(
                        "override until the end of time",
                        t -> FeatureOverride.ofLimit(USER, ARTICLES, 1).until(Instant.MAX),
                        "9999"),
                new Entry("no query", t -> t.quota.usage().records(missing()), "query"),
                new Entry("page of 0", t -> UsageQuery.of(USER).pageSize(0), "0", "R45"),
                new Entry("page of 1001", t -> UsageQuery.of(USER).pageSize(1001), "1001", "R45"),
                new Entry(
                        "span backwards",
                        t -> UsageQuery.of(USER).between(Instant.EPOCH.plusSeconds(1), Instant.EPOCH),
                        "R14"),
                new Entry(
                        "rows since the beginning of time",
                        t -> UsageQuery.of(USER).between(Instant.MIN, Instant.EPOCH),
                        "years 1 to 9999"),
                new Entry("statistics from nowhere", t -> StatisticsQuery.daily(USER, missing(), DAY), "from"),
                new Entry("statistics to nowhere", t -> StatisticsQuery.daily(USER, DAY, missing()), "to"),
                new Entry(
                        "statistics in no zone",
                        t -> StatisticsQuery.daily(USER, DAY, DAY).zone(missing()),
                        "zone",
                        "R16"),
                new Entry("statistics backwards", t -> StatisticsQuery.daily(USER, DAY, DAY.minusDays(1)), "R45"),
                new Entry(
                        "statistics of 1001 days",
                        t -> StatisticsQuery.daily(USER, DAY, DAY.plusDays(1000)),
                        "1000",
                        "R45"),
                new Entry(
                        "statistics of the last day of all",
                        t -> StatisticsQuery.monthly(USER, LocalDate.MAX, LocalDate.MAX),
                        "9999"),
                new Entry("verify without a time-out", t -> t.quota.usage().verify(missing()), "timeout"),
                new Entry("verify in no time", t -> t.quota.usage().verify(Duration.ZERO), "PT0S", "R45"),
                new Entry(
                        "verify for nobody",
                        t -> t.quota.usage().verify(null, TIMEOUT, missing()),
                        "consumer of drifts"),
                new Entry("verify after no name", t -> t.quota.usage().verify("", TIMEOUT, drift -> {}), "subject"),
                new Entry("repair by nobody", t -> t.quota.usage().repair(missing(), TIMEOUT), "R44"),
                new Entry("repair without a time-out", t -> t.quota.usage().repair(BY, missing()), "timeout"),
                new Entry("alerts, page of 0", t -> t.quota.alerts().unsent(0), "0", "R45"),
                new Entry("alerts, page of 1001", t -> t.quota.alerts().list(USER, 0, 1001), "1001", "R45"),
                new Entry("alerts, parked, page of 0", t -> t.quota.alerts().parked(0, 0), "0", "R45"),
                new Entry(
                        "alerts without an id",
                        t -> t.quota.alerts().markRead(Collections.singletonList(BadInputTest.<Long>missing())),
                        "id"),
                new Entry(
                        "alerts, 10001 ids",
                        t -> t.quota.alerts().markSent(Collections.nCopies(10_001, 1L)),
                        "10001",
                        "R45"),
                new Entry("alerts purged before never", t -> t.quota.alerts().purge(missing()), "before"),
                new Entry(
                        "alerts parked after 0 failures",
                        t -> QuotaGuard.builder(t.store).parkAlertsAfter(0),
                        "0",
                        "R33"),
                new Entry("retention of nothing", t -> Retention.DEFAULT.withLedger(Duration.ZERO), "PT0S", "R10"),
                new Entry("retention of 200 years", t -> Retention.DEFAULT.withAlerts(Duration.ofDays(73_000)), "R10"),
                new Entry(
                        "an audit shorter than its keys",
                        t -> Retention.DEFAULT.withAudit(Duration.ofDays(34)),
                        "PT816H",
                        "R12"),
                new Entry("no retention", t -> QuotaGuard.builder(t.store).retention(missing()), "retention"),
                new Entry("maintenance in no time", t -> t.quota.maintenance().run(Duration.ZERO), "PT0S", "R45"),
                new Entry("plan history, page of 0", t -> t.quota.plans().history("free", 0), "0", "R45"),
                new Entry(
                        "subject history, page of -1",
                        t -> t.quota.subscriptions().history(USER, -1),
                        "-1",
                        "R45"),
                new Entry("no listener", t -> QuotaGuard.builder(t.store).listener(missing()), "listener"));
    }

    private static void tooMuchMetadata(Usage usage) {
        Map<String, String> metadata = new HashMap<>();
        for (int n = 0; n < 33; n++) {
            metadata.put("name-" + n, "x");
        }
        new Usage(usage.subject(), usage.feature(), 1, null, metadata);
    }

    @ParameterizedTest
    @MethodSource("entries")
    @DisplayName("A bad argument is refused by an error that says what and why")
    void badArguments(Entry entry) {
        Throwable thrown = catchThrowable(() -> entry.bad().accept(this));

        assertThat(thrown)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll(entry.words().toArray(String[]::new));
    }

    @Test
    @DisplayName("A plan that nobody made is named in the error, and nothing happens")
    void unknownPlan() {
        List<Consumer<String>> calls = List.of(
                plan -> quota.subscriptions().subscribe(USER, plan, BY),
                plan -> quota.subscriptions().subscribe(USER, plan, UTC, BY),
                plan -> quota.subscriptions().changePlan(USER, plan, BY),
                plan -> quota.subscriptions().pin(USER, plan, 1, BY),
                plan -> quota.plans().setDefault(plan, BY),
                plan -> quota.plans().update(Plan.named(plan).build().withVersion(1), BY));
        for (Consumer<String> call : calls) {
            assertThat(catchThrowable(() -> call.accept("gold")))
                    .isInstanceOfSatisfying(
                            UnknownPlanException.class,
                            unknown -> assertThat(unknown.plan()).isEqualTo("gold"))
                    .isInstanceOf(QuotaException.class)
                    .hasMessageContaining("gold");
        }
    }

    @Test
    @DisplayName("What a caller changes afterwards does not change a usage or a plan")
    void valuesAreCopied() {
        Map<String, String> metadata = new HashMap<>();
        Usage usage = new Usage(USER, ARTICLES, 1, null, metadata);
        metadata.put("late", "x");
        Map<String, PlanFeature> features = new HashMap<>();
        Plan plan = new Plan("p", 0, Plan.Status.ACTIVE, Offer.named("p"), null, features);
        features.put("late", PlanFeature.of("late", Limit.of(1), ResetPeriod.DAILY));

        assertThat(usage.metadata()).isEmpty();
        assertThat(plan.features()).isEmpty();
    }
}
