package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.USER;
import static io.quotaguard.redis.FaultBench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisAddress;
import io.quotaguard.testbed.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that loses everything while uses are on their way into the ledger (F1, R1)")
class LossBesideAPostTest {
    private static final long LIMIT = 5;

    private EmbeddedRedis redis;
    private FaultBench bench;
    private GatedLedger ledger;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = FaultBench.on(redis.uri());
        ledger = bench.gateLedger();
        bench.start(1, LIMIT);
    }

    @AfterEach
    void stop() throws Exception {
        ledger.open();
        bench.close();
        redis.close();
    }

    @Test
    @DisplayName("F1: the node that posts them counts them before it decides anything more")
    void sameNode() {
        useUpOnTheWay(bench.guard(), ledger);
        redis.ask("FLUSHALL");

        QuotaGuard hasty = bench.guard(bench.store(), Duration.ofMillis(500));
        assertThatThrownBy(() -> use(hasty, "hasty", 1)).isInstanceOf(QuotaUnavailableException.class);
        ledger.open();

        assertThat(use(bench.guard(), "next", 1)).isFalse();
        assertThat(bench.used(USER)).isEqualTo(LIMIT);
    }

    @Test
    @DisplayName("F1: another node counts them as soon as they are there")
    void anotherNode() {
        useUpOnTheWay(bench.guard(), ledger);
        redis.ask("FLUSHALL");
        QuotaGuard other = bench.addNode();
        // It loads the user from a ledger that does not have the uses yet.
        assertThat(other.check(USER, ARTICLES).allowed()).isTrue();

        ledger.open();

        FaultBench.await("they are counted", () -> !other.check(USER, ARTICLES).allowed());
        assertThat(use(other, "next", 1)).isFalse();
        bench.store().drain(deadline());
        assertThat(bench.used(USER)).isEqualTo(LIMIT);
    }

    @Test
    @DisplayName("F1: another node counts them when the one that posts them reaches Redis again only later")
    void posterCutOff() {
        RedisAddress address = redis.address();
        try (TcpProxy proxy = TcpProxy.inFrontOf(address.host(), address.port());
                FaultBench cut = FaultBench.on("redis://127.0.0.1:" + proxy.port())) {
            GatedLedger gate = cut.gateLedger();
            cut.start(1, LIMIT);
            useUpOnTheWay(cut.guard(), gate);
            proxy.pointTo("127.0.0.1", 1);
            proxy.cutAll();
            redis.ask("FLUSHALL");
            QuotaGuard other = cut.nextNodesOn(redis.uri()).addNode();
            assertThat(other.check(USER, ARTICLES).allowed()).isTrue();
            String loadedIn = epoch();

            gate.open();
            // It waits for the post to end, and then does not reach Redis.
            assertThatThrownBy(() -> cut.store().drain(deadline())).isInstanceOf(QuotaUnavailableException.class);
            assertThat(epoch()).isEqualTo(loadedIn);
            proxy.pointTo(address.host(), address.port());

            // Not because what was loaded falls after a while: that leaves the epoch as it is.
            FaultBench.await("the shard is loaded anew", () -> !epoch().equals(loadedIn));
            assertThat(use(other, "next", 1)).isFalse();
            assertThat(cut.used(USER)).isEqualTo(LIMIT);
        }
    }

    private String epoch() {
        return redis.ask("HGET", new Shards(FaultBench.NAMESPACE, 1).shardKey(0), "e");
    }

    @Test
    @DisplayName("F1: and when nobody lives to tell of them, all is loaded anew once they must be there")
    void nobodyTells() {
        useUpOnTheWay(bench.guard(), ledger);
        redis.ask("FLUSHALL");
        bench.addNode().check(USER, ARTICLES);

        long millis = Long.parseLong(redis.ask("PTTL", new Shards(FaultBench.NAMESPACE, 1).subjectKey(0, USER)));

        assertThat(millis).isBetween(1L, Drain.ON_THE_WAY.toMillis());
    }

    /** Uses the whole limit up, and waits until the uses are on their way from Redis to the ledger. */
    private static void useUpOnTheWay(QuotaGuard guard, GatedLedger gate) {
        assertThat(guard.check(USER, ARTICLES).allowed()).isTrue();
        gate.shut();
        assertThat(use(guard, "all", LIMIT)).isTrue();
        FaultBench.await("they are on their way", gate::hasOneWaiting);
    }

    private static boolean use(QuotaGuard guard, String key, long amount) {
        return guard.checkAndRecord(Usage.of(USER, ARTICLES).amount(amount).key(key))
                .allowed();
    }
}
