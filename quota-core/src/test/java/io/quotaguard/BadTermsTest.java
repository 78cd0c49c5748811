package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Price;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Term;
import io.quotaguard.model.UnknownPlanException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Bad terms, offers, overages and searches at every public entry")
class BadTermsTest extends Unchanging {
    private static final String LONG = "x".repeat(201);
    private static final Instant END = Instant.parse("2126-03-10T12:00:00Z");
    private static final PlanFeature TERMS = PlanFeature.of("f", Limit.of(1), ResetPeriod.DAILY);

    /** A call that is given a bad value, with the words that its error must hold. */
    private record Entry(String call, Consumer<BadTermsTest> bad, List<String> words) {
        Entry(String call, Consumer<BadTermsTest> bad, String... words) {
            this(call, bad, List.of(words));
        }

        @Override
        public String toString() {
            return call;
        }
    }

    static List<Entry> terms() {
        Term open = Term.OPEN;
        return List.of(
                new Entry(
                        "no term", t -> t.quota.subscriptions().subscribe(USER, "free", (Term) missing(), BY), "term"),
                new Entry("no term, with an anchor", t -> t.subscribe(missing(), UTC), "term"),
                new Entry("a term without an anchor", t -> t.subscribe(open, missing()), "anchor", "R16"),
                new Entry(
                        "a term by nobody",
                        t -> t.quota.subscriptions().subscribe(USER, "free", open, missing()),
                        "R44"),
                new Entry("trial without an end", t -> Term.trialUntil(missing()), "end of the trial"),
                new Entry("fixed without an end", t -> Term.until(missing()), "end of the term"),
                new Entry("trial until the end of time", t -> Term.trialUntil(Instant.MAX), "9999"),
                new Entry("once without a cycle", t -> Term.once(missing()), "billing cycle"),
                new Entry("renewing without a cycle", t -> Term.renewing(missing()), "billing cycle"),
                new Entry("no kind", t -> new Term(missing(), null, null, null, null), "kind"),
                new Entry("then a blank plan", t -> open.thenPlan(" "), "fallback plan", "R46"),
                new Entry("then a long name", t -> open.thenPlan(LONG), "201", "R46"),
                new Entry("cancelled at the end of time", t -> open.cancelled(Instant.MAX), "9999"),
                new Entry("an open term with an end", t -> open.endingAt(END), "OPEN", "R4"),
                new Entry("end at no instant", t -> t.quota.subscriptions().endAt(USER, missing(), BY), "end of the"),
                new Entry("end by nobody", t -> t.quota.subscriptions().endAt(USER, END, missing()), "R44"),
                new Entry("end of nobody", t -> t.quota.subscriptions().endAt(missing(), END, BY), "subject"),
                new Entry("cancel nobody", t -> t.quota.subscriptions().cancel(missing(), BY), "subject", "R46"),
                new Entry("cancel a blank", t -> t.quota.subscriptions().cancel(" ", BY), "subject", "R46"),
                new Entry("cancel by nobody", t -> t.quota.subscriptions().cancel(USER, missing()), "R44"),
                new Entry("cancel a long name", t -> t.quota.subscriptions().cancelNow(LONG, BY), "201", "R46"),
                new Entry("cancel now by nobody", t -> t.quota.subscriptions().cancelNow(USER, missing()), "R44"),
                new Entry("resume nobody", t -> t.quota.subscriptions().resume(missing(), BY), "subject"),
                new Entry("resume by nobody", t -> t.quota.subscriptions().resume(USER, missing()), "R44"),
                new Entry("renew nobody", t -> t.quota.subscriptions().renew(missing(), BY), "subject"),
                new Entry("renew by nobody", t -> t.quota.subscriptions().renew(USER, missing()), "R44"),
                new Entry("anchor by nobody", t -> t.quota.subscriptions().changeAnchor(USER, UTC, missing()), "R44"),
                new Entry("no new anchor", t -> t.quota.subscriptions().changeAnchor(USER, missing(), BY), "anchor"),
                new Entry(
                        "preview of no plan",
                        t -> t.quota.subscriptions().preview(USER, missing(), null),
                        "plan",
                        "R46"),
                new Entry("preview of no override", t -> t.quota.subscriptions().preview(missing()), "override"));
    }

    static List<Entry> offers() {
        Plan.Builder plan = Plan.named("p");
        return List.of(
                new Entry("no price", t -> plan.price(missing(), "EUR", BillingCycle.MONTHLY), "price"),
                new Entry("negative price", t -> plan.price("-1", "EUR", BillingCycle.MONTHLY), "-1", "R46"),
                new Entry("price in words", t -> Price.of("ten", "EUR"), "ten", "9.90"),
                new Entry("no currency", t -> Price.of("1", missing()), "currency"),
                new Entry("unknown currency", t -> Price.of("1", "EURO"), "EURO", "4217"),
                new Entry("decimals", t -> Price.of("1.234", "EUR"), "1.234", "decimals", "R46"),
                new Entry("huge exponent", t -> Price.of("1E+2147483647", "EUR"), "1E+2147483647", "digits"),
                new Entry("tiny exponent", t -> Price.of("1E-2147483647", "EUR"), "digits"),
                new Entry("no cycle", t -> plan.price("1", "EUR", missing()), "billing cycle"),
                new Entry("no offer", t -> plan.offer(missing()), "offer"),
                new Entry("blank name", t -> plan.displayName(" "), "display name", "R46"),
                new Entry("no name", t -> plan.displayName(missing()), "display name", "R46"),
                new Entry("long name", t -> plan.displayName(LONG), "201", "R46"),
                new Entry("long description", t -> plan.description("x".repeat(2001)), "2001", "R46"),
                new Entry("blank fallback", t -> Plan.named("p").fallback(" ").build(), "fallback plan", "R46"),
                new Entry(
                        "fallback to itself", t -> Plan.named("p").fallback("p").build(), "itself", "R4"),
                new Entry("fallback in a circle", t -> t.fallbackInACircle("free"), "fallback"),
                new Entry("blank label", t -> TERMS.shownAs(" ", null), "display name", "R46"),
                new Entry("long unit", t -> TERMS.shownAs(null, LONG), "unit", "R46"));
    }

    static List<Entry> overagesAndSearches() {
        OverrideQuery overrides = OverrideQuery.all();
        CatalogQuery changes = CatalogQuery.all();
        return List.of(
                new Entry("no overage", t -> TERMS.overage(missing()), "overage"),
                new Entry("no overage code", t -> Overage.parse(missing()), "overage"),
                new Entry("unknown overage code", t -> Overage.parse("much"), "much", "R41"),
                new Entry("overage of 0 units", t -> Overage.upTo(0), "0", "R41"),
                new Entry("overage of 2^53 units", t -> Overage.upTo(1L << 53), "9007199254740992", "R41"),
                new Entry("overage of 1001 %", t -> Overage.upToPercent(1001), "1001", "R41"),
                new Entry("override with equal thresholds", t -> t.override().thresholds(80, 80), "80", "R27"),
                new Entry("override with threshold 1001", t -> t.override().thresholds(1001), "1001", "R26"),
                new Entry("override of a blank", t -> FeatureOverride.of(USER, " "), "feature", "R46"),
                new Entry(
                        "remove nothing", t -> t.quota.subscriptions().removeOverride(USER, missing(), BY), "feature"),
                new Entry("no query", t -> t.quota.subscriptions().overrides((OverrideQuery) missing()), "query"),
                new Entry("overrides of nobody", t -> t.quota.subscriptions().overrides((String) missing()), "subject"),
                new Entry("overrides, page of 0", t -> overrides.pageSize(0), "0", "R45"),
                new Entry("overrides, page of 1001", t -> overrides.pageSize(1001), "1001", "R45"),
                new Entry("overrides of a blank feature", t -> overrides.feature(" "), "feature", "R46"),
                new Entry("no audit query", t -> t.quota.audit().changes(missing()), "query"),
                new Entry("audit, page of 0", t -> changes.pageSize(0), "0", "R45"),
                new Entry("audit, page of 1001", t -> changes.pageSize(1001), "1001", "R45"),
                new Entry("audit by a blank", t -> changes.actor(" "), "actor", "R46"),
                new Entry("audit by a long name", t -> changes.actor(LONG), "201", "R46"),
                new Entry(
                        "audit of a blank", t -> CatalogQuery.about(Entity.PLAN).name(" "), "name", "R46"),
                new Entry("audit backwards", t -> changes.between(END, END.minusSeconds(1)), "R14"),
                new Entry("audit from ever", t -> changes.between(Instant.MIN, null), "years 1 to 9999"));
    }

    private FeatureOverride override() {
        return FeatureOverride.of(USER, ARTICLES);
    }

    private void subscribe(Term term, Anchor anchor) {
        quota.subscriptions().subscribe(USER, "free", term, anchor, BY);
    }

    private void fallbackInACircle(String code) {
        quota.plans().update(free.edit().fallback(code).build(), BY);
    }

    @ParameterizedTest
    @MethodSource({"terms", "offers", "overagesAndSearches"})
    @DisplayName("A bad argument is refused by an error that says what and why")
    void badArguments(Entry entry) {
        Throwable thrown = catchThrowable(() -> entry.bad().accept(this));

        assertThat(thrown)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll(entry.words().toArray(String[]::new));
    }

    @Test
    @DisplayName("A plan that nobody made cannot be bought for a term, nor come after one")
    void unknownPlan() {
        List<Runnable> calls = List.of(
                () -> quota.subscriptions().subscribe(USER, "gold", Term.trialUntil(END), BY),
                () -> quota.subscriptions().subscribe(USER, "free", Term.OPEN.thenPlan("gold"), BY),
                () -> quota.subscriptions()
                        .subscribe(USER, "free", Term.until(END).thenPlan("gold"), UTC, BY),
                () -> quota.plans().update(free.edit().fallback("gold").build(), BY),
                () -> quota.plans().deleteReplacedBy("free", "gold", BY));
        for (Runnable call : calls) {
            assertThat(catchThrowable(call::run))
                    .isInstanceOfSatisfying(
                            UnknownPlanException.class,
                            unknown -> assertThat(unknown.plan()).isEqualTo("gold"));
        }
    }
}
