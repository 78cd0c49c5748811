package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lists of plain uses, which {@code quota_uses} decides together, beside the reference store. */
class UsesParityTest {
    private static final int LISTS = Integer.getInteger("quota.parity.lists", 120);
    private static final Change ADMIN = Change.by("admin");
    private static final List<String> FEATURES = List.of("articles", "publish", "soft", "unlimited", "none", "absent");

    private Random random = new Random(0);
    private Instant now = Instant.parse("2026-03-27T10:15:30.123456Z");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("R11: a list of uses is decided, charged and told as on the reference store, use by use")
    void sameLists(long seed) {
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
                        .build()) {
            database.settableClock(now);
            both(memory, jdbc, UsesParityTest::open);
            for (int i = 0; i < LISTS; i++) {
                if (random.nextInt(6) == 0) {
                    now = now.plus(Duration.ofMinutes(random.nextInt(1500)));
                    database.setClock(now);
                }
                if (random.nextInt(4) == 0) {
                    both(memory, jdbc, somethingBetween());
                }
                List<Usage> uses = uses();
                assertThat(told(jdbc.checkAndRecordEach(uses)))
                        .as("seed %d, list %d at %s", seed, i, now)
                        .isEqualTo(told(memory.checkAndRecordEach(uses)));
            }
            for (int user = 0; user < 8; user++) {
                assertThat(ledger(jdbc, "u" + user)).isEqualTo(ledger(memory, "u" + user));
                assertThat(alerts(jdbc, "u" + user)).isEqualTo(alerts(memory, "u" + user));
            }
            assertThat(jdbc.usage().verify(Duration.ofSeconds(30))).isEmpty();
        }
    }

    private static void both(QuotaGuard memory, QuotaGuard jdbc, Consumer<QuotaGuard> step) {
        step.accept(memory);
        step.accept(jdbc);
    }

    private static void open(QuotaGuard guard) {
        guard.plans().create(plan(20), ADMIN);
        for (int user = 0; user < 8; user++) {
            guard.subscriptions().subscribe("u" + user, "p", ADMIN);
        }
    }

    private static Plan plan(long articles) {
        return Plan.named("p")
                .limit("articles", articles, ResetPeriod.DAILY)
                .limit("publish", 7, ResetPeriod.HOURLY)
                .feature(PlanFeature.of("soft", Limit.of(5), ResetPeriod.DAILY).overage(Overage.SOFT))
                .unlimited("unlimited", ResetPeriod.MONTHLY)
                .limit("none", 0, ResetPeriod.DAILY)
                .build();
    }

    /** What makes a counter more than plain, or its terms stale. */
    private Consumer<QuotaGuard> somethingBetween() {
        String user = "u" + random.nextInt(8);
        long units = 1L + random.nextInt(12);
        String key = "between-" + random.nextLong();
        return switch (random.nextInt(4)) {
            case 0 ->
                guard -> guard.plans()
                        .update(
                                plan(10 + units)
                                        .withVersion(guard.plans()
                                                .get("p")
                                                .orElseThrow()
                                                .version()),
                                ADMIN);
            case 1 ->
                guard -> guard.reserve(Usage.of(user, "articles").amount(units).key(key), Duration.ofHours(2));
            case 2 -> guard -> guard.grants().give(Grant.of(user, "publish", units), ADMIN.key(key));
            default -> guard -> guard.reset(user, "articles", ADMIN.key(key));
        };
    }

    private List<Usage> uses() {
        int users = 1 + random.nextInt(8);
        List<Usage> uses = new ArrayList<>();
        for (int i = random.nextInt(40); i >= 0; i--) {
            String key = random.nextInt(10) == 0 ? "again-" + random.nextInt(6) : "key-" + random.nextLong();
            uses.add(Usage.of("u" + random.nextInt(users), FEATURES.get(random.nextInt(FEATURES.size())))
                    .amount(random.nextInt(8) == 0 ? 6 : 1 + random.nextInt(2))
                    .key(key));
        }
        return uses;
    }

    private static List<Object> told(List<UsageResult> results) {
        return results.stream().<Object>map(UsesParityTest::told).toList();
    }

    private static Object told(UsageResult result) {
        Decision decision = result.decision();
        return decision == null
                ? Objects.requireNonNull(result.failure()).getClass()
                : List.of(decision.allowed(), decision.replayed(), decision.verdicts());
    }

    private static List<Object> ledger(QuotaGuard guard, String user) {
        return guard.usage().records(UsageQuery.of(user).pageSize(1000)).stream()
                .<Object>map(UsesParityTest::withoutId)
                .toList();
    }

    private static List<Object> withoutId(UsageRecord row) {
        return List.of(
                row.feature(), row.window(), row.amount(), row.usedAfter(), row.overage(), row.key(), row.recordedAt());
    }

    private static List<Object> alerts(QuotaGuard guard, String user) {
        return guard.alerts().list(user, 0, 1000).stream()
                .<Object>map(UsesParityTest::withoutId)
                .toList();
    }

    private static List<Object> withoutId(Alert alert) {
        return List.of(
                alert.feature(), alert.window(), alert.threshold(), alert.generation(), alert.used(), alert.limit());
    }
}
