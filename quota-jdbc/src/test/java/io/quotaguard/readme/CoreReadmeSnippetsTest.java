package io.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.Coalescing;
import io.quotaguard.Meter;
import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Forecast;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.Price;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Term;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageResult;
import io.quotaguard.plan.PlanImport;
import io.quotaguard.plan.PlansFile;
import io.quotaguard.plan.Preview;
import io.quotaguard.testbed.PostgresServers;
import io.quotaguard.testing.QuotaFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the core's own page, run. {@link ReadmeTest} sees to it that nothing else stands there. */
class CoreReadmeSnippetsTest {
    private int written;
    private long published;

    @Test
    @DisplayName("A reservation is committed, and so is the same in one line")
    void reservations() throws Exception {
        try (QuotaFixture fixture = fixture()) {
            QuotaGuard quota = fixture.guard();
            // spotless:off
            Usage oneArticle = Usage.of("user-42", "articles_per_day").key("article-311");
            try (Reservation reservation =
                    quota.reserve(oneArticle, Duration.ofMinutes(5)).orThrow()) {
                writeArticle();
                reservation.commit();
            } // not committed: released

            quota.call(Usage.of("user-42", "articles_per_day"), () -> writeArticle()); // the same in one line
            // spotless:on
            assertThat(written).isEqualTo(2);
            fixture.assertThat("user-42", "articles_per_day").hasUsed(2).hasLeft(1);
        }
    }

    @Test
    @DisplayName("An article and its usage are committed together, and neither when there is no room")
    void ownTransaction() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(PostgresServers.shared().freshDatabaseUrl());
        pool.setMaximumPoolSize(2);
        QuotaSchema.migrate(pool);
        Jdbi jdbi = Jdbi.create(pool);
        jdbi.useHandle(handle -> handle.execute("CREATE TABLE article (id text)"));
        try (pool;
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                QuotaGuard quota = QuotaGuard.builder(store)
                        .timeout(Duration.ofSeconds(20))
                        .build()) {
            quota.plans()
                    .create(
                            Plan.named("free")
                                    .limit("articles_per_day", 1, ResetPeriod.NEVER)
                                    .build(),
                            Change.by("admin"));
            quota.plans().setDefault("free", Change.by("admin"));
            // spotless:off
            jdbi.useTransaction(handle -> {
                handle.execute("INSERT INTO article (id) VALUES (?)", "article-311");
                quota.in(handle)
                        .checkAndRecord(Usage.of("user-42", "articles_per_day").key("article-311"))
                        .orThrow(); // no room: JDBI rolls back, and there is no article
            }); // the article and its usage are committed together
            // spotless:on
            Usage another = Usage.of("user-42", "articles_per_day").key("article-312");
            assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                        handle.execute("INSERT INTO article (id) VALUES (?)", "article-312");
                        quota.in(handle).checkAndRecord(another).orThrow();
                    }))
                    .isInstanceOf(QuotaExceededException.class);
            List<String> articles = jdbi.withHandle(handle -> handle.createQuery("SELECT id FROM article")
                    .mapTo(String.class)
                    .list());
            assertThat(articles).containsExactly("article-311");
            assertThat(quota.check("user-42", "articles_per_day").used()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("A refund leaves eight of twelve")
    void corrections() {
        try (QuotaFixture fixture = fixture()) {
            QuotaGuard quota = fixture.guard();
            quota.checkAndRecord(
                    Usage.of("user-42", "publish_per_day").amount(12).key("batch-7"));
            // spotless:off
            Change refund = Change.by("publisher").because("4 of 12 failed").key("refund-batch-7");
            quota.usage()
                    .correct(
                            Correction.ofKey("user-42", "publish_per_day", "batch-7")
                                    .to(8),
                            refund);
            // spotless:on
            fixture.assertThat("user-42", "publish_per_day").hasUsed(8);
        }
    }

    @Test
    @DisplayName("A top-up is given, read and voided")
    void grants() {
        try (QuotaFixture fixture = fixture()) {
            QuotaGuard quota = fixture.guard();
            Instant endOfYear = fixture.clock().instant().plus(Duration.ofDays(90));
            // spotless:off
            Grant bought = quota.grants()
                    .give(
                            Grant.of("user-42", "articles_per_day", 50)
                                    .until(endOfYear)
                                    .source(Grant.Source.PURCHASE),
                            Change.by("checkout").key("order-4711"));
            long left = quota.grants().list("user-42").get(0).left();
            quota.grants()
                    .voidGrant("user-42", bought.id(), Change.by("support").because("charge-back"));
            // spotless:on
            assertThat(left).isEqualTo(50);
            fixture.assertThat("user-42", "articles_per_day").hasLeft(3);
        }
    }

    @Test
    @DisplayName("A member with a cap is charged together with its team")
    void pools() {
        try (QuotaFixture fixture = QuotaFixture.withPlan(
                        "team", plan -> plan.limit("articles_per_day", 20, ResetPeriod.DAILY))
                .subscriber("team-7")) {
            QuotaGuard quota = fixture.guard();
            // spotless:off
            quota.pools().join("user-42", "team-7", Change.by("team-admin"));
            quota.subscriptions()
                    .override(
                            FeatureOverride.ofLimit("user-42", "articles_per_day", 5),
                            Change.by("team-admin")); // a cap
            quota.checkAndRecord("user-42", "articles_per_day"); // charges the user and the team, both or neither
            PoolOverview team = quota.poolOverview("team-7"); // with each member's share
            // spotless:on
            assertThat(team.members()).containsExactly("user-42");
            assertThat(team.shares("articles_per_day")).containsExactly(new PoolShare("user-42", 1));
            assertThat(quota.check("user-42", "articles_per_day").remaining()).hasValue(4);
            assertThat(quota.check("team-7", "articles_per_day").remaining()).hasValue(19);
        }
    }

    @Test
    @DisplayName("Two features draw from one credit feature")
    void credits() {
        // spotless:off
        Plan studio = Plan.named("studio")
                .limit("credits", 1000, ResetPeriod.MONTHLY)
                .feature(PlanFeature.of("article", Limit.unlimited(), ResetPeriod.MONTHLY)
                        .drawing(10, "credits"))
                .feature(PlanFeature.of("distillation", Limit.of(50), ResetPeriod.MONTHLY)
                        .drawing(3, "credits"))
                .build();
        // spotless:on
        try (QuotaFixture fixture = fixture()) {
            QuotaGuard quota = fixture.guard();
            quota.plans().create(studio, Change.by("admin"));
            quota.subscriptions().subscribe("user-9", "studio", Change.by("checkout"));
            quota.checkAndRecord("user-9", "article");
            quota.checkAndRecord("user-9", "distillation");
            fixture.assertThat("user-9", "credits").hasUsed(13);
        }
    }

    @Test
    @DisplayName("Many uses end each for itself, and best effort gets what is left")
    void bulk() {
        try (QuotaFixture fixture = fixture()) {
            QuotaGuard quota = fixture.guard();
            List<Usage> usages = List.of(
                    Usage.of("user-42", "publish_per_day").amount(2),
                    Usage.of("user-42", "publish_per_day").amount(200));
            // spotless:off
            List<UsageResult> results =
                    quota.checkAndRecordEach(usages); // each for itself, 500 in a round trip, in order
            Decision some = quota.checkAndRecordUpTo(
                    Usage.of("user-42", "publish_per_day").amount(500));
            publish(some.granted()); // what was left, say 120
            // spotless:on
            assertThat(results).extracting(UsageResult::allowed).containsExactly(true, false);
            assertThat(published).isEqualTo(118);
        }
    }

    @Test
    @DisplayName("A meter charges its pair")
    void meter() {
        try (QuotaFixture fixture = fixture()) {
            QuotaGuard quota = fixture.guard();
            // spotless:off
            Meter articles =
                    quota.meter("user-42", "articles_per_day"); // checked once, and kept for as long as you like
            boolean charged = articles.tryRecord();
            Decision two = articles.checkAndRecord(2, "batch-9");
            // spotless:on
            assertThat(charged).isTrue();
            assertThat(two.used()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("A guard is built that shares round trips in its own way")
    void manyCallers() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore()) {
            // spotless:off
            QuotaGuard quota = QuotaGuard.builder(store)
                    .coalescing(
                            Coalescing.DEFAULT.withDirectCallers(4).withFlushers(1)) // for a pool of five connections
                    .build();
            // spotless:on
            assertThat(quota.check("user-42", "articles_per_day").allowed()).isFalse();
            quota.close();
        }
    }

    @Test
    @DisplayName("A hot feature is leased")
    void leases() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore()) {
            // spotless:off
            QuotaGuard quota = QuotaGuard.builder(store)
                    .leased("api_calls", SlicePolicy.adaptive()) // or fixed(1_000)
                    .build();
            quota.checkAndRecord("user-42", "api_calls"); // no round trip while the slice lasts
            // spotless:on
            assertThat(quota.check("user-42", "api_calls").allowed()).isFalse();
            quota.close();
        }
    }

    @Test
    @DisplayName("The reads return what was used")
    void reads() {
        try (QuotaFixture fixture = fixture()) {
            QuotaGuard quota = fixture.guard();
            Instant now = fixture.clock().instant();
            Instant monthStart = now.minus(Duration.ofDays(1));
            Instant monthEnd = now.plus(Duration.ofDays(1));
            LocalDate firstDay = LocalDate.ofInstant(now, ZoneOffset.UTC);
            LocalDate lastDay = firstDay.plusWeeks(2);
            quota.checkAndRecord("user-42", "articles_per_day");
            fixture.clock().advance(Duration.ofMinutes(1));
            // spotless:off
            List<UsageRecord> page = quota.usage()
                    .records(UsageQuery.of("user-42")
                            .feature("publish_per_day")
                            .operation(UsageRecord.Operation.CORRECT));
            List<PeriodUsage> chart = quota.usage().statistics(StatisticsQuery.weekly("user-42", firstDay, lastDay));
            List<TopUser> top = quota.usage().top("articles_per_day", monthStart, monthEnd, 10);
            Optional<Instant> exhausted =
                    quota.usage().forecast("user-42", "articles_per_day").flatMap(Forecast::exhaustedAt);
            // spotless:on
            assertThat(page).isEmpty();
            assertThat(chart).extracting(PeriodUsage::units).containsExactly(1L, 0L, 0L);
            assertThat(top).containsExactly(new TopUser("user-42", 1, 1));
            assertThat(exhausted.map(at -> at.isAfter(now)).orElse(true)).isTrue();
        }
    }

    @Test
    @DisplayName("A preview, a plans file and terms do what they say")
    void plansFileAndTerms(@TempDir Path folder) throws IOException {
        try (QuotaFixture fixture =
                QuotaFixture.withPlan("free", plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY))) {
            QuotaGuard quota = fixture.guard();
            quota.plans()
                    .create(
                            Plan.named("pro")
                                    .limit("articles_per_day", 50, ResetPeriod.DAILY)
                                    .build(),
                            Change.by("admin"));
            Instant start = fixture.clock().instant();
            Instant endOfTrial = start.plus(Duration.ofDays(14));
            Path plansJson = folder.resolve("plans.json");
            Files.writeString(plansJson, """
                    {"defaultPlan": "free", "plans": [
                      {"code": "pro", "price": {"amount": "9.90", "currency": "EUR"}, "billingCycle": "monthly",
                       "features": [{"feature": "articles_per_day", "limit": 50, "period": "daily"}]}]}
                    """);
            // spotless:off
            Plan cheaper = quota.plans()
                    .get("pro")
                    .orElseThrow()
                    .edit()
                    .price("9.90", "EUR", BillingCycle.MONTHLY)
                    .build();
            Preview preview =
                    quota.plans().preview(cheaper, Duration.ofMinutes(1)); // who would be over, which alerts would fire
            PlanImport plans =
                    quota.plans().apply(PlansFile.read(plansJson), Change.by("deploy")); // a dry run; prints as a diff
            plans.commit(); // idempotent; refuses to overwrite what somebody changed meanwhile

            quota.subscriptions()
                    .subscribe("user-7", "pro", Term.trialUntil(endOfTrial).thenPlan("free"), Change.by("signup"));
            quota.subscriptions()
                    .subscribe("user-8", "pro", Term.renewing(BillingCycle.MONTHLY), Change.by("checkout"));
            quota.subscriptions().cancel("user-8", Change.by("user-8")); // at the end of the month that is paid
            // spotless:on
            assertThat(preview.overLimit()).isZero();
            assertThat(plans.toString()).contains("price");
            assertThat(quota.plans().get("pro").orElseThrow().offer().price()).isEqualTo(Price.of("9.90", "EUR"));
            assertThat(quota.check("user-7", "articles_per_day").limit()).isEqualTo(Limit.of(50));
            fixture.clock().set(endOfTrial);
            assertThat(quota.check("user-7", "articles_per_day").limit()).isEqualTo(Limit.of(3));
            assertThat(quota.check("user-8", "articles_per_day").limit()).isEqualTo(Limit.of(50));
            fixture.clock().set(start.atZone(ZoneOffset.UTC).plusMonths(1).toInstant());
            assertThat(quota.check("user-8", "articles_per_day").source().kind())
                    .isEqualTo(LimitSource.Kind.DEFAULT);
        }
    }

    private static QuotaFixture fixture() {
        return QuotaFixture.withPlan(
                        "free",
                        plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY)
                                .limit("publish_per_day", 120, ResetPeriod.DAILY))
                .subscriber("user-42");
    }

    private int writeArticle() {
        return ++written;
    }

    private void publish(long articles) {
        published = articles;
    }
}
