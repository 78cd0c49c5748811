package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisDurability;
import io.quotaguard.testbed.RedisPair;
import io.quotaguard.testbed.TcpProxy;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that goes on with an older state (F1)")
class OlderStateTest {
    private static final long LIMIT = 5;

    @Test
    @DisplayName(
            "F1, R7: after a restart from an older file the counters are the ledger's, and keys used since are known")
    void olderFile() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(RedisDurability.NONE);
                Bench bench = new Bench(redis.uri(), LIMIT)) {
            bench.use("a", 2);
            redis.ask("SAVE");
            bench.use("b", 3);
            bench.store().drain(deadline());

            redis.kill();
            redis.restart();

            assertGoesOnByTheLedger(bench);
        }
    }

    @Test
    @DisplayName("F1, R7: after the promotion of a replica that lags the counters are the ledger's")
    void laggingReplica() {
        try (RedisPair pair = RedisPair.start();
                TcpProxy address =
                        TcpProxy.inFrontOf("127.0.0.1", pair.primary().port());
                Bench bench = new Bench("redis://127.0.0.1:" + address.port(), LIMIT)) {
            bench.use("a", 2);
            pair.awaitCopied();
            stopCopying(pair);
            bench.use("b", 3);
            bench.store().drain(deadline());

            pair.primary().kill();
            pair.replica().resume();
            address.pointTo("127.0.0.1", pair.promote().port());

            assertGoesOnByTheLedger(bench);
        }
    }

    private static void stopCopying(RedisPair pair) {
        pair.replica().pause();
        pair.primary().ask("CLIENT", "KILL", "TYPE", "replica");
    }

    private static void assertGoesOnByTheLedger(Bench bench) {
        Bench.await(() -> !bench.use("c", 1).allowed());
        assertThat(bench.use("a", 2).replayed()).isTrue();
        assertThat(bench.use("b", 3).replayed()).isTrue();
        assertThat(bench.used()).isEqualTo(LIMIT);
    }

    @Test
    @DisplayName("F1: what only Redis knew, and lost, may be used again, and nothing more")
    void lostBeforeThePost() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(RedisDurability.NONE);
                Bench bench = new Bench(redis.uri(), LIMIT)) {
            bench.use("a", 2);
            redis.ask("SAVE");
            bench.behind().away(true);
            bench.use("lost", 2);

            redis.kill();
            redis.restart();
            bench.behind().away(false);

            Bench.await(() -> !bench.use("too much", 4).allowed());
            assertThat(bench.use("again", 3).allowed()).isTrue();
            assertThat(bench.use("one more", 1).allowed()).isFalse();
            assertThat(bench.used()).isEqualTo(LIMIT);
        }
    }

    @Test
    @DisplayName(
            "F1: what was on its way into the ledger, and is not in the older file, is counted as soon as it is there")
    void onTheWay() {
        AtomicReference<GatedLedger> gated = new AtomicReference<>();
        try (EmbeddedRedis redis = EmbeddedRedis.start(RedisDurability.NONE);
                FaultBench bench = FaultBench.on(redis.uri())
                        .ledgerIn(memory -> {
                            GatedLedger made = new GatedLedger(memory);
                            gated.set(made);
                            return made;
                        })
                        .start(2, LIMIT)) {
            GatedLedger ledger = Objects.requireNonNull(gated.get());
            assertThat(bench.guard().check(Bench.USER, Bench.ARTICLES).allowed())
                    .isTrue();
            redis.ask("SAVE");
            ledger.shut();
            bench.guard()
                    .checkAndRecord(
                            Usage.of(Bench.USER, Bench.ARTICLES).amount(LIMIT).key("all"));
            FaultBench.await("they are on their way", ledger::hasOneWaiting);
            redis.kill();
            redis.restart();
            QuotaGuard other = bench.guards().get(1);
            // It loads the user from a ledger that does not have the uses yet.
            FaultBench.await(
                    "it is answered",
                    () -> other.check(Bench.USER, Bench.ARTICLES).allowed());

            ledger.open();

            FaultBench.await(
                    "they are counted",
                    () -> !other.check(Bench.USER, Bench.ARTICLES).allowed());
            assertThat(bench.used(Bench.USER)).isEqualTo(LIMIT);
        }
    }

    @Test
    @DisplayName(
            "R25: after a restart from an older file nothing is decided by the version of a plan that the file has")
    void olderPlan() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(RedisDurability.NONE);
                Bench bench = new Bench(redis.uri(), LIMIT)) {
            bench.use("a", 2);
            redis.ask("SAVE");
            Plan edited = planOf(3)
                    .withVersion(bench.guard().plans().get("free").orElseThrow().version());
            // Another node changes the plan, and this one does not hear of it before it decides.
            bench.guard(bench.node(), Duration.ofSeconds(20)).plans().update(edited, Bench.BY_TEST);

            redis.kill();
            redis.restart();

            Bench.await(() -> !bench.use("b", 2).allowed());
        }
    }

    private static Plan planOf(long articles) {
        return Plan.named("free")
                .limit(Bench.ARTICLES, articles, ResetPeriod.NEVER)
                .build();
    }
}
