package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How old a plan may be that a use is decided by, when it was changed past the stores in Redis (R25)")
class StalenessTest {
    private static final Duration SELDOM = Duration.ofHours(1);
    private static final Duration OFTEN = Duration.ofMillis(200);
    /** Less than the 15 s after which what was loaded in a new shard is loaded anew, and the catalog with it. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final int BEFORE = 1_000_000;
    private static final int AFTER = 900_000;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final String namespace = TestRedis.single().freshNamespace();
    private final AtomicInteger heard = new AtomicInteger();
    private HikariDataSource pool;
    private QuotaGuard past;

    @BeforeEach
    void aPlanInPostgres() {
        EmbeddedPostgres postgres = opened(EmbeddedPostgres.start());
        pool = opened(new HikariDataSource());
        pool.setJdbcUrl(postgres.createDatabase());
        QuotaSchema.migrate(pool);
        past = opened(QuotaGuard.builder(opened(JdbcQuotaStore.create(pool))).build());
        past.plans()
                .create(
                        Plan.named("free")
                                .limit(Bench.ARTICLES, BEFORE, ResetPeriod.NEVER)
                                .build(),
                        Bench.BY_TEST);
        past.plans().setDefault("free", Bench.BY_TEST);
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Returns a guard of a node of its own, which has begun to follow changes. */
    private QuotaGuard node(JdbcQuotaStore behind, Duration pollInterval) {
        RedisQuotaStore store =
                opened(TestRedis.single().inFrontOf(behind).namespace(namespace).build());
        QuotaGuard guard = opened(QuotaGuard.builder(store)
                .catalogPollInterval(pollInterval)
                .planChangeListener(change -> heard.incrementAndGet())
                .build());
        int before = heard.get();
        Await.until("the node hears of changes", () -> {
            // Through Redis, whose hints make it look at once.
            guard.plans()
                    .update(
                            plan(guard)
                                    .edit()
                                    .description("heard " + heard.get())
                                    .build(),
                            Bench.BY_TEST);
            return Await.holdsWithin(Duration.ofSeconds(1), () -> heard.get() > before);
        });
        return guard;
    }

    private static Plan plan(QuotaGuard guard) {
        return guard.plans().get("free").orElseThrow();
    }

    private void lowerPastRedis() {
        PlanFeature lower = plan(past).feature(Bench.ARTICLES).orElseThrow().limit(AFTER);
        past.plans().update(plan(past).edit().replace(lower).build(), Bench.BY_TEST);
    }

    private static long limitOfAUse(QuotaGuard guard) {
        return guard.checkAndRecord(Bench.USER, Bench.ARTICLES).limit().units();
    }

    @Test
    @DisplayName("R25: a node that polls has every node decide by the change, once it has polled")
    void polled() {
        QuotaGuard seldom = node(opened(JdbcQuotaStore.create(pool)), SELDOM);
        QuotaGuard often = node(opened(JdbcQuotaStore.create(pool)), OFTEN);
        assertThat(limitOfAUse(seldom)).isEqualTo(BEFORE);
        assertThat(limitOfAUse(often)).isEqualTo(BEFORE);

        lowerPastRedis();

        assertThat(Await.holdsWithin(SOON, () -> limitOfAUse(often) == AFTER)).isTrue();
        assertThat(limitOfAUse(seldom)).isEqualTo(AFTER);
    }

    @Test
    @DisplayName("R25: until anybody has read it, uses are decided by the plan before it; from then on by nobody")
    void seenByOne() {
        QuotaGuard seldom = node(opened(JdbcQuotaStore.create(pool)), SELDOM);
        assertThat(limitOfAUse(seldom)).isEqualTo(BEFORE);

        lowerPastRedis();
        assertThat(limitOfAUse(seldom)).isEqualTo(BEFORE);

        QuotaGuard fresh = opened(QuotaGuard.builder(opened(TestRedis.single()
                        .inFrontOf(opened(JdbcQuotaStore.create(pool)))
                        .namespace(namespace)
                        .build()))
                .catalogPollInterval(SELDOM)
                .build());
        assertThat(limitOfAUse(fresh)).isEqualTo(AFTER);
        assertThat(limitOfAUse(seldom)).isEqualTo(AFTER);
    }

    @Test
    @DisplayName("R25: with the hints of the store behind it is decided by at once, however seldom nodes poll")
    void hintedBehind() {
        QuotaGuard node =
                node(opened(JdbcQuotaStore.builder(pool).changeHints(pool).build()), SELDOM);
        assertThat(limitOfAUse(node)).isEqualTo(BEFORE);

        lowerPastRedis();

        assertThat(Await.holdsWithin(SOON, () -> limitOfAUse(node) == AFTER)).isTrue();
    }
}
