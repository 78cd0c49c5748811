package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Change;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One seeded random life of a few subjects, lived on the reference store, on PostgreSQL, and in part through psql. */
class StoreParityTest {
    private static final int STEPS = Integer.getInteger("quota.parity.steps", 250);
    private static final Change ADMIN = Change.by("admin");
    private static final List<String> SUBJECTS = List.of("u1", "u2", "u3", "{u}:4'%s;--\uD83D\uDE00");
    private static final List<String> FEATURES = List.of("articles", "publish", "keywords", "\"f\" \\ %");
    private static final List<String> PLANS = List.of("free", "pro", "team", "p4", "p5");
    private static final List<ResetPeriod> PERIODS =
            List.of(ResetPeriod.DAILY, ResetPeriod.MONTHLY, ResetPeriod.HOURLY, ResetPeriod.WEEKLY, ResetPeriod.NEVER);
    private static final List<Overage> OVERAGES =
            List.of(Overage.HARD, Overage.SOFT, Overage.upTo(5), Overage.upToPercent(30));
    private static final List<BillingCycle> CYCLES = List.of(BillingCycle.values());
    private static final List<String> ZONES = List.of("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin");

    private Random random = new Random(0);
    private Instant now = Instant.parse("2026-03-27T10:15:30.123456Z");

    /** What a step answers, told without what may differ: ids, and the words of errors. */
    private interface Step extends Function<QuotaGuard, Object> {}

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    @DisplayName("R1–R33: the same life leads to the same answers, ledger, alerts and audit as on the reference store")
    void sameLife(long seed) throws SQLException {
        random = new Random(seed);
        try (TestDatabase database = TestDatabase.migrated();
                JdbcQuotaStore store = JdbcQuotaStore.builder(database.dataSource())
                        .localClock(() -> now)
                        .build();
                QuotaGuard memory = QuotaGuard.builder(InMemoryQuotaStore.builder()
                                .clock(() -> now)
                                .retention(Duration.ofDays(36_500))
                                .build())
                        .build();
                QuotaGuard jdbc = QuotaGuard.builder(store)
                        .timeout(Duration.ofSeconds(30))
                        .build();
                Connection psql = database.connect()) {
            database.settableClock(now);
            for (int i = 0; i < STEPS; i++) {
                if (random.nextInt(4) == 0) {
                    now = now.plus(Duration.ofSeconds(random.nextInt(random.nextInt(5) == 0 ? 3_000_000 : 30_000)));
                    database.setClock(now);
                }
                String subject = any(SUBJECTS);
                String feature = any(FEATURES);
                Step step = random.nextInt(3) == 0 ? catalogStep(subject, feature) : useStep(subject, feature);
                String context = "seed " + seed + ", step " + i + " at " + now;
                assertThat(answer(jdbc, step)).as(context).isEqualTo(answer(memory, step));
                assertThat(ParityViews.asked(psql, subject, feature))
                        .as(context)
                        .isEqualTo(ParityViews.asked(memory, subject, feature));
            }
            assertSameHistory(memory, jdbc);
            for (String subject : SUBJECTS) {
                assertThat(ParityViews.viewed(psql, subject)).isEqualTo(ParityViews.viewed(memory.overview(subject)));
            }
            assertThat(jdbc.usage().verify(Duration.ofSeconds(30))).isEmpty();
        }
    }

    private void assertSameHistory(QuotaGuard memory, QuotaGuard jdbc) {
        for (String subject : SUBJECTS) {
            assertThat(ParityViews.ledger(jdbc, subject)).isEqualTo(ParityViews.ledger(memory, subject));
            assertThat(ParityViews.alerts(jdbc, subject)).isEqualTo(ParityViews.alerts(memory, subject));
            assertThat(ParityViews.audit(jdbc.subscriptions().history(subject, 1000)))
                    .isEqualTo(ParityViews.audit(memory.subscriptions().history(subject, 1000)));
            assertThat(jdbc.subscriptions().get(subject))
                    .isEqualTo(memory.subscriptions().get(subject));
            assertThat(jdbc.alerts().statistics(subject))
                    .isEqualTo(memory.alerts().statistics(subject));
            LocalDate to = LocalDate.ofInstant(now, ZoneId.of("Asia/Shanghai"));
            StatisticsQuery days =
                    StatisticsQuery.daily(subject, to.minusDays(300), to).zone(ZoneId.of("Asia/Shanghai"));
            assertThat(jdbc.usage().statistics(days)).isEqualTo(memory.usage().statistics(days));
        }
        assertThat(jdbc.plans().list()).isEqualTo(memory.plans().list());
        for (String plan : PLANS) {
            assertThat(jdbc.plans().versions(plan)).isEqualTo(memory.plans().versions(plan));
            assertThat(ParityViews.audit(jdbc.plans().history(plan, 1000)))
                    .isEqualTo(ParityViews.audit(memory.plans().history(plan, 1000)));
        }
        OverrideQuery all = OverrideQuery.all().pageSize(1000);
        assertThat(jdbc.subscriptions().overrides(all))
                .isEqualTo(memory.subscriptions().overrides(all));
    }

    private Step useStep(String subject, String feature) {
        String key = random.nextInt(4) == 0 ? "k" + random.nextInt(12) : "key-" + random.nextLong();
        long amount = random.nextInt(6) == 0 ? 1 + random.nextInt(40) : 1 + random.nextInt(4);
        Usage usage = Usage.of(subject, feature).amount(amount).key(key).with("job", "n" + amount);
        return switch (random.nextInt(8)) {
            case 0 -> guard -> guard.check(usage);
            case 1 -> guard -> guard.reset(subject, feature, ADMIN.key(key));
            case 2 -> {
                List<Usage> several = new ArrayList<>();
                FEATURES.forEach(name -> several.add(
                        Usage.of(subject, name).amount(1 + name.length() % 3).key(key)));
                several.removeIf(line -> random.nextInt(3) == 0);
                yield guard -> guard.checkAndRecordAll(several);
            }
            default -> guard -> guard.checkAndRecord(usage);
        };
    }

    private Step catalogStep(String subject, String feature) {
        String plan = any(PLANS);
        Change change =
                random.nextInt(4) == 0 ? ADMIN.key("c" + random.nextInt(6)).because("why") : ADMIN;
        Start start = any(List.of(Start.values()));
        Anchor anchor = Anchor.of(
                ZoneId.of(any(ZONES)),
                LocalDateTime.of(2026, 1 + random.nextInt(12), 1 + random.nextInt(28), random.nextInt(24), 30));
        FeatureOverride override = override(subject, feature);
        Plan edited = plan(plan);
        Term term = term();
        return switch (random.nextInt(16)) {
            case 0, 1, 2 ->
                guard -> guard.plans().get(plan).isEmpty()
                        ? guard.plans().create(edited, change)
                        : guard.plans()
                                .update(
                                        edited.withVersion(
                                                guard.plans().get(plan).get().version()),
                                        change);
            case 3, 4 -> guard -> guard.subscriptions().subscribe(subject, plan, term, change);
            case 5 -> guard -> guard.subscriptions().subscribe(subject, plan, anchor, change);
            case 6 -> guard -> guard.subscriptions().changePlan(subject, plan, change);
            case 7 -> guard -> guard.subscriptions().changePlan(subject, plan, start, change);
            case 8 -> guard -> guard.subscriptions().pin(subject, plan, 1, change);
            case 9, 10 ->
                guard -> {
                    guard.subscriptions().override(override, change);
                    return "overridden";
                };
            case 11 -> termStep(subject, change);
            case 12 -> random.nextInt(3) == 0 ? deletion(plan, change) : termStep(subject, change);
            default ->
                guard -> {
                    guard.plans().setDefault(plan.equals("team") ? null : plan, change);
                    return "default";
                };
        };
    }

    private Step termStep(String subject, Change change) {
        Instant end = now.plusSeconds(random.nextInt(5_000_000));
        return switch (random.nextInt(5)) {
            case 0 -> guard -> guard.subscriptions().cancel(subject, change);
            case 1 -> guard -> guard.subscriptions().cancelNow(subject, change);
            case 2 -> guard -> guard.subscriptions().resume(subject, change);
            case 3 -> guard -> guard.subscriptions().renew(subject, change);
            default -> guard -> guard.subscriptions().endAt(subject, end, change);
        };
    }

    private Step deletion(String plan, Change change) {
        String replacement = any(PLANS);
        return guard -> {
            guard.plans().deleteReplacedBy(plan, replacement, change);
            return "deleted";
        };
    }

    private Term term() {
        Term term = switch (random.nextInt(6)) {
            case 0 -> Term.trialUntil(now.plusSeconds(1 + random.nextInt(3_000_000)));
            case 1 -> Term.until(now.plusSeconds(1 + random.nextInt(3_000_000)));
            case 2 -> Term.once(any(CYCLES));
            case 3 -> Term.renewing(any(CYCLES));
            default -> Term.OPEN;
        };
        return random.nextBoolean() ? term.thenPlan(any(PLANS)) : term;
    }

    private Plan plan(String code) {
        Plan.Builder plan = Plan.named(code).displayName(code + " plan").displayOrder(random.nextInt(9));
        if (random.nextInt(3) == 0) {
            String fallback = any(PLANS);
            plan.fallback(fallback.equals(code) ? null : fallback).price("9.90", "EUR", any(CYCLES));
        }
        for (String feature : FEATURES) {
            if (random.nextInt(5) > 0) {
                long units = switch (random.nextInt(6)) {
                    case 0 -> -1;
                    case 1 -> 0;
                    default -> 1 + random.nextInt(30);
                };
                PlanFeature terms = PlanFeature.of(feature, Limit.of(units), any(PERIODS));
                plan.feature(
                        random.nextInt(3) == 0
                                ? terms.thresholds(10, 50, 120)
                                        .onFailure(FailurePolicy.OPEN)
                                        .overage(any(OVERAGES))
                                        .shownAs(null, "unit")
                                : terms);
            }
        }
        return random.nextInt(8) == 0 ? plan.inactive().build() : plan.build();
    }

    private FeatureOverride override(String subject, String feature) {
        Limit limit = random.nextInt(3) == 0 ? null : Limit.of(random.nextInt(40) - 1);
        Thresholds thresholds = random.nextInt(3) == 0 ? Thresholds.of(33, 66) : null;
        Instant expiresAt = random.nextBoolean() ? now.plusSeconds(random.nextInt(100_000)) : null;
        ResetPeriod period = random.nextInt(3) == 0 ? any(PERIODS) : null;
        Overage overage = random.nextInt(3) == 0 ? any(OVERAGES) : null;
        return new FeatureOverride(subject, feature, limit, period, thresholds, overage, null, expiresAt);
    }

    private static Object answer(QuotaGuard guard, Step step) {
        try {
            return step.apply(guard);
        } catch (QuotaException e) {
            return e.getClass().getSimpleName() + " " + e.key();
        }
    }

    private <T> T any(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }
}
