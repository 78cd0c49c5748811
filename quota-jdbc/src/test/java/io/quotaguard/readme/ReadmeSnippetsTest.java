package io.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Pruned;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Retention;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testbed.PostgresServers;
import io.quotaguard.testing.QuotaFixture;
import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The README's Java, but for Redis, run. {@link ReadmeTest} sees to it that nothing else stands there. */
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
    void charging() {
        try (QuotaFixture fixture = QuotaFixture.withPlan(
                        "free",
                        plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY)
                                .limit("publish_per_day", 12, ResetPeriod.DAILY)
                                .limit("keyword_distillation", 1, ResetPeriod.NEVER))
                .subscriber("user-42")) {
            QuotaGuard quota = fixture.guard();
            // spotless:off
            // Twelve units, counted once however often the job is retried; throws when they do not fit.
            quota.checkAndRecord(Usage.of("user-42", "publish_per_day")
                            .amount(12)
                            .key("batch-7")
                            .with("job", "nightly"))
                    .orThrow();

            // Several uses together: all or none.
            Decision both = quota.checkAndRecordAll(
                    List.of(Usage.of("user-42", "articles_per_day"), Usage.of("user-42", "keyword_distillation")));

            // Read only.
            Decision wouldFit = quota.check("user-42", "articles_per_day");
            QuotaOverview overview = quota.overview("user-42");
            // spotless:on
            assertThat(both.verdicts()).hasSize(2);
            assertThat(wouldFit.remaining()).hasValue(2);
            assertThat(overview.feature("publish_per_day"))
                    .hasValueSatisfying(usage -> assertThat(usage.percentUsed()).hasValue(100));
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
    @DisplayName("The example of a host's own transaction commits an article and its usage together")
    void ownTransaction() throws SQLException {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(PostgresServers.shared().freshDatabaseUrl());
        pool.setMaximumPoolSize(2);
        QuotaSchema.migrate(pool);
        DataSource dataSource = pool;
        try (pool;
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                QuotaGuard quota = QuotaGuard.builder(store)
                        .timeout(Duration.ofSeconds(20))
                        .build()) {
            quota.plans()
                    .create(
                            Plan.named("free")
                                    .limit("articles_per_day", 3, ResetPeriod.NEVER)
                                    .build(),
                            Change.by("admin"));
            quota.plans().setDefault("free", Change.by("admin"));
            // spotless:off
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                insertArticle(connection, "article-311");
                quota.in(connection)
                        .checkAndRecord(Usage.of("user-42", "articles_per_day").key("article-311"))
                        .orThrow();
                connection.commit();
            }
            // spotless:on
            assertThat(quota.check("user-42", "articles_per_day").used()).isEqualTo(1);
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT id FROM article")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("article-311");
            }
        }
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
    @DisplayName("The examples of held, shared, topped-up, best-effort and refunded use do what they say")
    void longerAndShared() {
        try (QuotaFixture fixture = QuotaFixture.withPlan(
                        "free",
                        plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY)
                                .limit("publish_per_day", 12, ResetPeriod.DAILY))
                .subscriber("user-42")
                .subscriber("team-7")) {
            QuotaGuard quota = fixture.guard();
            quota.checkAndRecord(
                    Usage.of("user-42", "publish_per_day").amount(10).key("batch-7"));
            // spotless:off
            // Held while the article is written; charged by commit, given back by anything else.
            try (Reservation held = quota.reserve(Usage.of("user-42", "articles_per_day"), Duration.ofMinutes(5))
                    .orThrow()) {
                writeArticle();
                held.commit();
            }
            quota.pools()
                    .join("user-42", "team-7", Change.by("team-admin")); // from now on charged to both, or to neither
            quota.grants()
                    .give(
                            Grant.of("team-7", "articles_per_day", 50),
                            Change.by("checkout")); // a top-up, kept through resets
            long granted = quota.checkAndRecordUpTo(
                            Usage.of("user-42", "publish_per_day").amount(500))
                    .granted(); // what is left
            quota.usage()
                    .correct(
                            Correction.ofKey("user-42", "publish_per_day", "batch-7")
                                    .to(8),
                            Change.by("publisher")); // a refund
            // spotless:on
            assertThat(quota.check("user-42", "articles_per_day")
                            .use()
                            .counter()
                            .used())
                    .isEqualTo(1);
            assertThat(quota.check("team-7", "articles_per_day").remaining()).hasValue(53);
            assertThat(granted).isEqualTo(2);
            assertThat(quota.check("user-42", "publish_per_day").use().remaining())
                    .hasValue(2);
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
    @DisplayName("The maintenance example finds nothing to remove in a fresh store")
    void maintenance() {
        QuotaStore store = new InMemoryQuotaStore();
        // spotless:off
        QuotaGuard quota = QuotaGuard.builder(store)
                .retention(Retention.DEFAULT.withLedger(Duration.ofDays(800)).withAlerts(Duration.ofDays(30)))
                .build();
        Pruned removed = quota.maintenance().run(Duration.ofMinutes(10));
        // spotless:on
        assertThat(removed).isEqualTo(Pruned.NOTHING);
        quota.close();
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

    private static void insertArticle(Connection connection, String id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE article (id text)");
            statement.execute("INSERT INTO article VALUES ('" + id + "')");
        }
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
