package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.QuotaGuardBuilder;
import io.quotaguard.alert.AlertListener;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the groups of the contract share: a fresh store at noon of a Tuesday, a guard over it, and short words.
 *
 * <p>After every test, whatever it was about, each counter must equal its ledger (R42).
 */
abstract class ContractGroup {
    static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    static final Instant LONG_AGO = Instant.parse("2025-01-01T00:00:00Z");
    static final Instant MIDNIGHT = Instant.parse("2026-03-11T00:00:00Z");
    static final Change BY_TEST = Change.by("contract");
    static final String ARTICLES = "articles_per_day";
    static final String PUBLISH = "publish_per_day";
    static final String KEYWORDS = "keyword_distillation";
    static final String USER = "user-42";
    /** The shortest step of a store's clock. */
    static final Duration TICK = Duration.ofNanos(1000);

    /** Long enough that a busy machine is never mistaken for a broken store. */
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    StoreFixture fixture;
    QuotaStore store;
    QuotaGuard quota;

    private final Function<Instant, StoreFixture> fixtures;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    ContractGroup(Function<Instant, StoreFixture> fixtures) {
        this.fixtures = fixtures;
    }

    @BeforeEach
    final void openStore() {
        fixture = fixtures.apply(NOON);
        opened.push(fixture);
        store = fixture.store();
        quota = guard(store);
    }

    @AfterEach
    final void closeStore() throws Exception {
        try {
            assertThat(store.ledger().verify(deadline()))
                    .as("R42: counters that differ from their ledger")
                    .isEmpty();
        } finally {
            while (!opened.isEmpty()) {
                opened.pop().close();
            }
        }
    }

    /** Returns one more store of its own, which the test closes. */
    StoreFixture newFixture() {
        return fixtures.apply(LONG_AGO);
    }

    /** Returns a guard that ends with the test. */
    QuotaGuard guard(QuotaStore over, AlertListener... listeners) {
        QuotaGuardBuilder builder = QuotaGuard.builder(over).timeout(TIMEOUT).alertPollInterval(Duration.ofMillis(20));
        for (AlertListener listener : listeners) {
            builder.listener(listener);
        }
        return closing(builder.build());
    }

    <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    static Deadline deadline() {
        return Deadline.after(TIMEOUT);
    }

    void setTime(Instant instant) {
        fixture.setTime(instant);
    }

    void setTime(String instant) {
        fixture.setTime(Instant.parse(instant));
    }

    void advance(Duration step) {
        fixture.setTime(fixture.clock().instant().plus(step));
    }

    static PlanFeature feature(String name, long units, ResetPeriod period) {
        return PlanFeature.of(name, Limit.of(units), period);
    }

    Plan plan(String code, PlanFeature... features) {
        return quota.plans().create(planOf(code, features), BY_TEST);
    }

    static Plan planOf(String code, PlanFeature... features) {
        Plan.Builder builder = Plan.named(code);
        for (PlanFeature feature : features) {
            builder.feature(feature);
        }
        return builder.build();
    }

    /** Returns the plan {@code free} edited to so many articles a day, for {@code plans().update}. */
    Plan editedTo(long units) {
        return quota.plans()
                .get("free")
                .orElseThrow()
                .edit()
                .replace(feature(ARTICLES, units, ResetPeriod.DAILY))
                .build();
    }

    /** Gives {@link #USER} a plan of its own with one daily feature, {@link #ARTICLES}. */
    Plan dailyArticles(long units) {
        Plan plan = plan("free", feature(ARTICLES, units, ResetPeriod.DAILY));
        subscribe(USER, "free");
        return plan;
    }

    void subscribe(String subject, String plan) {
        quota.subscriptions().subscribe(subject, plan, BY_TEST);
    }

    /** Resolves a line as a guard would that reads the catalog now. */
    Line resolved(String subject, String feature, long amount) {
        return new Entitlements(store.catalog(), 10)
                .resolve(subject, feature, amount, fixture.clock().instant(), deadline())
                .lines()
                .get(0);
    }

    Decision use(String subject, String feature) {
        return quota.checkAndRecord(subject, feature);
    }

    Decision use(String subject, String feature, long amount) {
        return quota.checkAndRecord(Usage.of(subject, feature).amount(amount));
    }

    Decision useWithKey(String key, String subject, String feature, long amount) {
        return quota.checkAndRecord(Usage.of(subject, feature).amount(amount).key(key));
    }

    static Usage line(String subject, String feature, long amount) {
        return Usage.of(subject, feature).amount(amount);
    }

    /** Returns what is used in the current window, as a fresh look at the overview has it. */
    long used(String subject, String feature) {
        return counter(subject, feature).used();
    }

    /** Returns what is used and held in the current window, as a fresh look at the overview has it. */
    Counter counter(String subject, String feature) {
        return quota.overview(subject)
                .feature(feature)
                .map(FeatureUsage::counter)
                .orElseThrow(() -> new AssertionError(subject + " does not have " + feature));
    }

    /** Returns the subject's ledger, newest first. */
    List<UsageRecord> rows(String subject) {
        return quota.usage().records(UsageQuery.of(subject).pageSize(UsageQuery.MAX_PAGE_SIZE));
    }

    List<Alert> alerts(String subject) {
        return quota.alerts().list(subject, 0, UsageQuery.MAX_PAGE_SIZE);
    }

    List<Integer> fired(String subject) {
        return alerts(subject).stream().map(Alert::threshold).toList();
    }

    static void assertAllowed(Decision decision) {
        assertThat(decision.allowed()).as("allowed, by %s", decision).isTrue();
    }

    static void assertRefused(Decision decision) {
        assertThat(decision.allowed()).as("allowed, by %s", decision).isFalse();
    }
}
