package io.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Price;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Term;
import io.quotaguard.model.Usage;
import io.quotaguard.plan.PlanImport;
import io.quotaguard.plan.PlansFile;
import io.quotaguard.plan.Preview;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testbed.PostgresServers;
import io.quotaguard.testing.QuotaFixture;
import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The README's Java, run. {@link ReadmeTest} sees to it that nothing else stands there. */
class ReadmeSnippetsTest {
    private static final Logger log = LoggerFactory.getLogger(ReadmeSnippetsTest.class);

    private int written;
    private Optional<RefusalReason> told = Optional.empty();

    @Test
    @DisplayName("The first example allows three articles and refuses the fourth")
    void firstExample() {
        // spotless:off
        QuotaGuard quota = QuotaGuard.builder(new InMemoryQuotaStore())
                .listener(alert ->
                        log.warn("{} has used {} % of {}", alert.subject(), alert.threshold(), alert.feature()))
                .build();
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles_per_day", 3, ResetPeriod.DAILY)
                                .build(),
                        Change.by("admin"));
        quota.subscriptions().subscribe("user-42", "free", Change.by("checkout"));

        Decision decision = quota.checkAndRecord("user-42", "articles_per_day");
        if (decision.allowed()) {
            writeArticle();
        } else {
            tell(decision.reason(), decision.remaining(), decision.resetsAt());
        }
        // spotless:on
        quota.checkAndRecord("user-42", "articles_per_day");
        quota.checkAndRecord("user-42", "articles_per_day");
        Decision fourth = quota.checkAndRecord("user-42", "articles_per_day");
        tell(fourth.reason(), fourth.remaining(), fourth.resetsAt());

        assertThat(written).isEqualTo(1);
        assertThat(told).contains(RefusalReason.EXHAUSTED);
        quota.close();
    }

    @Test
    @DisplayName("The charging examples charge what they say")
    void charging() throws Exception {
        try (QuotaFixture fixture = QuotaFixture.withPlan(
                        "free",
                        plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY)
                                .limit("publish_per_day", 12, ResetPeriod.DAILY)
                                .limit("keyword_distillation", 1, ResetPeriod.NEVER))
                .subscriber("user-42")
                .subscriber("team-7")) {
            QuotaGuard quota = fixture.guard();
            // spotless:off
            // Twelve units, counted once however often the job is retried; throws when they do not fit.
            quota.checkAndRecord(Usage.of("user-42", "publish_per_day")
                            .amount(12)
                            .key("batch-7")
                            .with("job", "nightly"))
                    .orThrow();

            // The user and the user's team together: both or neither.
            Decision both = quota.checkAndRecordAll(
                    List.of(Usage.of("user-42", "articles_per_day"), Usage.of("team-7", "articles_per_day")));

            // Read only.
            Decision wouldFit = quota.check("user-42", "articles_per_day");
            QuotaOverview overview = quota.overview("user-42");

            // On another thread.
            CompletionStage<Decision> later = quota.checkAndRecordAsync("user-42", "keyword_distillation");
            // spotless:on
            assertThat(both.verdicts()).hasSize(2);
            assertThat(wouldFit.remaining()).hasValue(2);
            assertThat(overview.feature("publish_per_day"))
                    .hasValueSatisfying(usage -> assertThat(usage.percentUsed()).hasValue(100));
            assertThat(later.toCompletableFuture().get().allowed()).isTrue();
        }
    }

    @Test
    @DisplayName("The PostgreSQL example runs on a fresh database")
    void postgres() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(PostgresServers.shared().freshDatabaseUrl());
        pool.setMaximumPoolSize(2);
        DataSource dataSource = pool;
        // spotless:off
        QuotaSchema.migrate(
                dataSource); // with the role that owns the schema; safe on every start and on many nodes at once
        JdbcQuotaStore store = JdbcQuotaStore.create(dataSource);
        QuotaGuard quota =
                QuotaGuard.builder(store).timeout(Duration.ofSeconds(5)).build();
        // spotless:on
        assertThat(quota.check("user-42", "articles_per_day").reason()).contains(RefusalReason.NO_PLAN);
        quota.close();
        store.close();
        pool.close();
    }

    @Test
    @DisplayName("The plan change examples raise at once, lower at the window's end, and override")
    void planChanges() {
        try (QuotaFixture fixture = QuotaFixture.withPlan(
                        "free", plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY))
                .subscriber("user-42")) {
            QuotaGuard quota = fixture.guard();
            Instant endOfTrial = fixture.clock().instant().plus(Duration.ofDays(14));
            // spotless:off
            Plan pro = Plan.named("pro")
                    .limit("articles_per_day", 50, ResetPeriod.DAILY)
                    .build();
            quota.plans()
                    .create(pro, Change.by("admin").because("autumn price list").key("pricing-2026-10"));
            quota.subscriptions().changePlan("user-42", "pro", Change.by("checkout")); // raised at once, usage kept
            quota.subscriptions().changePlan("user-42", "free", Change.by("checkout")); // lowered when the day ends
            quota.subscriptions()
                    .override(
                            FeatureOverride.ofLimit("user-42", "articles_per_day", 80)
                                    .until(endOfTrial),
                            Change.by("support"));
            // spotless:on
            assertThat(quota.check("user-42", "articles_per_day").limit()).isEqualTo(Limit.of(80));
            quota.subscriptions().removeOverride("user-42", "articles_per_day", Change.by("support"));
            assertThat(quota.check("user-42", "articles_per_day").limit()).isEqualTo(Limit.of(50));
            fixture.clock().advance(Duration.ofDays(1));
            assertThat(quota.check("user-42", "articles_per_day").limit()).isEqualTo(Limit.of(3));
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

    @Test
    @DisplayName("The failure policy example makes a plan that fails open")
    void failurePolicy() {
        // spotless:off
        Plan lenient = Plan.named("lenient")
                .feature(PlanFeature.of("articles_per_day", Limit.of(20), ResetPeriod.DAILY)
                        .onFailure(FailurePolicy.OPEN))
                .build();
        // spotless:on
        assertThat(lenient.feature("articles_per_day").orElseThrow().failurePolicy())
                .isEqualTo(FailurePolicy.OPEN);
    }

    @Test
    @DisplayName("The unit test example passes as a host would write it")
    void unitTest() {
        // spotless:off
        try (QuotaFixture quota = QuotaFixture.withPlan(
                        "free", plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY))
                .subscriber("user-42")) {
            new ArticleService(quota.guard()).write("user-42");
            quota.assertThat("user-42", "articles_per_day").hasUsed(1).hasLeft(2);
        }
        // spotless:on
    }

    // spotless:off
    static class MyStoreContractTest extends QuotaStoreContract {
        @Override
        protected StoreFixture newFixture(Instant start) {
            return new MyStoreFixture(start);
        }
    }
    // spotless:on

    /** The reader's own; here one that tells what it was asked for. */
    private record MyStoreFixture(Instant start) implements StoreFixture {
        private static final InMemoryQuotaStore STORE = new InMemoryQuotaStore();

        @Override
        public QuotaStore store() {
            return STORE;
        }

        @Override
        public QuotaStore anotherNode() {
            return STORE;
        }

        @Override
        public void setTime(Instant instant) {
            throw new UnsupportedOperationException("this clock cannot be set");
        }

        @Override
        public InstantSource clock() {
            return STORE.clock();
        }

        @Override
        public void corruptCounter(String subject, String feature, long delta) {
            throw new UnsupportedOperationException("nothing is corrupted here");
        }

        @Override
        public void close() {}
    }

    private void writeArticle() {
        written++;
    }

    private void tell(Optional<RefusalReason> reason, OptionalLong remaining, Optional<Instant> resetsAt) {
        log.info("{}: {} left until {}", reason, remaining, resetsAt);
        told = reason;
    }

    private record ArticleService(QuotaGuard quota) {
        void write(String user) {
            quota.checkAndRecord(user, "articles_per_day").orThrow();
        }
    }
}
