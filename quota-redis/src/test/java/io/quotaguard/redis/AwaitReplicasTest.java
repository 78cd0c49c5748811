package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.testbed.RedisPair;
import io.quotaguard.testbed.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Uses that wait for replicas, and masters that are killed (F1, R43)")
class AwaitReplicasTest {
    private static final int ROUNDS = Integer.getInteger("quota.redis.kills", 2);
    private static final Duration SHORT = Duration.ofMillis(100);

    private RedisPair pair;
    private TcpProxy address;

    @BeforeEach
    void start() throws Exception {
        pair = RedisPair.start();
        address = TcpProxy.inFrontOf("127.0.0.1", pair.primary().port());
    }

    @AfterEach
    void close() throws Exception {
        address.close();
        pair.close();
    }

    private String uri() {
        return "redis://127.0.0.1:" + address.port();
    }

    @Test
    @DisplayName("R43: a use that too few replicas confirm is recorded, and unknown; its retry waits once more")
    void tooFew() {
        try (Bench bench = new Bench(uri(), 5, builder -> builder.awaitReplicas(1, SHORT))) {
            assertThat(bench.use("a", 1).allowed()).isTrue();
            assertThat(bench.use("a", 1).replayed()).isTrue();

            stopCopying();
            assertThatThrownBy(() -> bench.use("b", 1))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasStackTraceContaining("0 of 1 replicas");
            assertThat(bench.guard().check(Bench.USER, Bench.ARTICLES).used()).isEqualTo(2);

            pair.replica().resume();
            Bench.await(() -> bench.use("b", 1).replayed());
            assertThat(bench.used()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("F1: who waits for a replica loses nothing that was acknowledged when the master is killed")
    void waits() throws Exception {
        assertThat(mostLost(builder -> builder.awaitReplicas(1, SHORT))).isZero();
    }

    @Test
    @DisplayName("F1: who does not wait loses what the replica had not heard of")
    void doesNotWait() throws Exception {
        assertThat(mostLost(builder -> builder)).isPositive();
    }

    @Test
    @DisplayName("R45: waiting for nobody, or for no time, is refused")
    void badSettings() {
        assertThatThrownBy(() -> new Bench(uri(), 5, builder -> builder.awaitReplicas(0, SHORT)))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("number of replicas");
        assertThatThrownBy(() -> new Bench(uri(), 5, builder -> builder.awaitReplicas(1, Duration.ZERO)))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("time-out");
    }

    /** Kills masters whose replica has been cut off, with the ledger away: so that nothing else keeps what they decided. */
    private int mostLost(UnaryOperator<RedisQuotaStoreBuilder> settings) throws Exception {
        int mostLost = 0;
        AtomicReference<LedgerAway> wrapped = new AtomicReference<>();
        try (FaultBench bench = FaultBench.on(uri())
                .ledgerIn(memory -> {
                    LedgerAway made = new LedgerAway(memory);
                    wrapped.set(made);
                    return made;
                })
                .with(settings)
                .timeout(Duration.ofSeconds(2))
                .start(2, 1_000_000)) {
            LedgerAway ledger = Objects.requireNonNull(wrapped.get());
            for (int round = 0; round < ROUNDS; round++) {
                List<String> user = List.of("user-" + round);
                try (Load load = Load.start(bench.guards(), user, 4)) {
                    load.awaitAnswers(50);
                    ledger.away(true);
                    load.awaitAnswers(20);
                    stopCopying();
                    long answered = load.answered();
                    FaultBench.await(
                            "some are answered, or are not",
                            () -> load.answered() > answered + 20
                                    || load.failures().size() > 4);
                    pair.primary().kill();
                    pair.replica().resume();
                    address.pointTo("127.0.0.1", pair.promote().port());
                    pair.rejoin();
                    ledger.away(false);
                    load.awaitAnswers(20);
                    load.stop();
                    load.settle();
                    Books books = bench.books(user, load);
                    assertThat(books.faults()).isEmpty();
                    mostLost = Math.max(mostLost, books.lost().size());
                }
            }
        }
        System.out.printf("masters killed %d, at most %d acknowledged uses lost%n", ROUNDS, mostLost);
        return mostLost;
    }

    private void stopCopying() {
        pair.replica().pause();
        pair.primary().ask("CLIENT", "KILL", "TYPE", "replica"); // What is sent from here on cannot reach the replica.
    }
}
