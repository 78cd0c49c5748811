package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Limit;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;

/** One of each that the library does, on a fresh schema: what a role must be able to do, and a session to bear. */
final class EveryOperation {
    private static final Change BY = Change.by("admin");
    private static final Duration LONG = Duration.ofSeconds(30);

    private final QuotaGuard quota;

    EveryOperation(QuotaGuard quota) {
        this.quota = quota;
    }

    /** Changes of the catalog, each of which reads what it changes first. */
    void changeCatalog() {
        Plan free = quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", 20, ResetPeriod.DAILY)
                                .feature(PlanFeature.of("credits", Limit.of(100), ResetPeriod.MONTHLY))
                                .feature(PlanFeature.of("drawn", Limit.unlimited(), ResetPeriod.NEVER)
                                        .drawing(3, "credits"))
                                .build(),
                        BY);
        quota.plans()
                .create(
                        Plan.named("pro")
                                .limit("articles", 50, ResetPeriod.DAILY)
                                .build(),
                        BY);
        quota.plans().setDefault("free", BY);
        quota.subscriptions().subscribe("u", "free", BY);
        quota.subscriptions().subscribe("v", "free", BY);
        quota.plans().update(free.withFallback(null), BY);
        quota.subscriptions().override(FeatureOverride.ofLimit("v", "articles", 7), BY);
        quota.subscriptions().removeOverride("v", "articles", BY);
        quota.subscriptions().override(FeatureOverride.ofLimit("v", "articles", 30), BY);
        quota.subscriptions().subscribe("pool", "pro", BY);
        quota.pools().join("member", "pool", BY);
    }

    /** Decisions of every kind: of one line and many, short ways and long. */
    void decide() {
        assertThat(quota.checkAndRecord(Usage.of("u", "articles").amount(15).key("k"))
                        .allowed())
                .isTrue();
        assertThat(quota.checkAndRecord(Usage.of("u", "articles").amount(15).key("k"))
                        .replayed())
                .isTrue();
        assertThat(quota.checkAndRecord(Usage.of("u", "articles").amount(6)).allowed())
                .isFalse();
        assertThat(quota.checkAndRecord(Usage.of("u", "articles").amount(4)).allowed())
                .as("with alerts")
                .isTrue();
        assertThat(quota.checkAndRecordEach(List.of(
                        Usage.of("u", "articles").amount(2),
                        Usage.of("v", "articles"),
                        Usage.of("v", "articles"),
                        Usage.of("w", "articles").amount(19))))
                .hasSize(4)
                .allSatisfy(result -> assertThat(result.failure()).isNull());
        assertThat(quota.checkAndRecordAll(List.of(Usage.of("v", "articles"), Usage.of("w", "drawn")))
                        .allowed())
                .isTrue();
        assertThat(quota.checkAndRecordUpTo(Usage.of("member", "articles").amount(500))
                        .granted())
                .isEqualTo(50);
        assertThat(quota.check("nobody", "articles").allowed()).isTrue();
        Grant grant = quota.grants().give(Grant.of("u", "articles", 5), BY);
        assertThat(quota.checkAndRecord(Usage.of("u", "articles").amount(4)).allowed())
                .isTrue();
        quota.grants().voidGrant("u", grant.id(), BY);
        hold();
        quota.usage().correct(Correction.ofKey("u", "articles", "k").by(1), BY);
        quota.reset("w", "articles", BY);
        quota.usage().repair(BY, LONG);
    }

    private void hold() {
        Reservation first = quota.reserve(Usage.of("v", "articles").amount(3), LONG);
        first.extend(LONG.multipliedBy(2));
        first.commit(2);
        quota.reserve(Usage.of("v", "articles"), LONG).release();
        String id = quota.reserve(Usage.of("v", "articles"), LONG).id();
        assertThat(quota.reservation(id)).isPresent();
    }

    /** A use beside a host's own row, whose connections are those of {@code source}. */
    void join(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            assertThat(quota.in(connection).checkAndRecord("joined", "articles").allowed())
                    .isTrue();
            assertThat(quota.in(connection)
                            .checkAndRecordAll(List.of(Usage.of("joined", "articles"), Usage.of("x", "drawn")))
                            .allowed())
                    .isTrue();
            connection.commit();
        }
    }

    /** Reads of every kind. */
    void read() {
        Instant now = Instant.now();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        assertThat(quota.overview("v").features()).isNotEmpty();
        quota.poolOverview("pool");
        assertThat(quota.plans().list()).hasSize(2);
        assertThat(quota.plans().get("free", 1)).isPresent();
        assertThat(quota.plans().versions("free")).hasSize(2);
        assertThat(quota.plans().history("free", 5)).isNotEmpty();
        quota.plans().preview(quota.plans().get("free").orElseThrow(), LONG);
        assertThat(quota.subscriptions().get("u")).isPresent();
        assertThat(quota.subscriptions().overrides(OverrideQuery.all())).hasSize(1);
        assertThat(quota.grants().list("u")).hasSize(1);
        assertThat(quota.pools().members("pool", null, 5)).containsExactly("member");
        assertThat(quota.usage().records(UsageQuery.of("v"))).isNotEmpty();
        quota.usage().statistics(StatisticsQuery.daily("v", today.minusDays(2), today.plusDays(1)));
        quota.usage().top("articles", now.minus(Duration.ofDays(1)), now, 3);
        quota.usage().forecast("v", "articles");
        assertThat(quota.usage().verify(LONG)).isEmpty();
        assertThat(quota.audit().changes(CatalogQuery.all())).isNotEmpty();
        quota.alerts().list("u", 0, 5);
        quota.alerts().unsent(5).forEach(alert -> quota.alerts().markSent(alert.id()));
        AlertStatistics alerts = quota.alerts().statistics();
        assertThat(alerts).isNotNull();
    }
}
