package io.quotaguard.redis;

import static io.quotaguard.redis.FaultBench.ONE_USER;
import static io.quotaguard.redis.FaultBench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A ledger in PostgreSQL that stands still, under load (F1, R10, R43)")
class PausedLedgerTest {
    private static final int MOST_WAITING = 300;

    /** How long it stands still at least. */
    private static final Duration AWAY = Duration.ofSeconds(Long.getLong("quota.redis.away.seconds", 2));

    @Test
    @DisplayName("R10: uses go on up to the bound, then are unavailable; afterwards each is in the ledger, once")
    void backlogUpToItsBound() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri())
                        .ledgerIn(postgres)
                        .with(builder -> builder.maxBacklog(MOST_WAITING))
                        .timeout(Duration.ofSeconds(2))
                        .start(2, 1_000_000);
                Load load = start(bench)) {
            load.awaitAnswers(100);
            postgres.pause();
            FaultBench.await(
                    "so many wait for the ledger",
                    () -> bench.store().drainLag(deadline()).entries() == MOST_WAITING);
            load.awaitFailures(8);
            FaultBench.await("the ledger was away for " + AWAY, () -> {
                DrainLag lag = bench.store().drainLag(deadline());
                assertThat(lag.entries()).isEqualTo(MOST_WAITING);
                return lag.oldest().compareTo(AWAY) >= 0;
            });
            assertThat(load.failures())
                    // What is sent in the last moment of its time is not waited for.
                    .hasOnlyElementsOfTypes(QuotaUnavailableException.class, OutcomeUnknownException.class)
                    .anySatisfy(failure -> assertThat(failure).hasMessageContaining("waits for the ledger"));
            postgres.resume();
            load.awaitAnswers(100);
            load.stop();
            load.settle();

            assertThat(bench.books(ONE_USER, load).faultsWithoutLoss()).isEmpty();
        }
    }

    private static FaultBench oneNode(EmbeddedPostgres postgres, EmbeddedRedis redis) {
        return FaultBench.on(redis.uri())
                .ledgerIn(postgres)
                .timeout(Duration.ofSeconds(2))
                .start(1, 1_000_000);
    }

    /** Has the user loaded before everybody asks for it: one that nobody has loaded is unavailable as long as it stands still. */
    private static Load start(FaultBench bench) {
        bench.guard().check(Bench.USER, Bench.ARTICLES);
        return Load.start(bench.guards(), ONE_USER, 4);
    }

    @Test
    @DisplayName("R25: a choice of the default plan that cannot be made keeps nobody from deciding by the one there is")
    void defaultIsNotChanged() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = oneNode(postgres, redis)) {
            bench.guard().checkAndRecord(Bench.USER, Bench.ARTICLES);
            postgres.pause();
            assertThatThrownBy(() -> bench.guard().plans().setDefault("free", Bench.BY_TEST))
                    .isInstanceOf(QuotaUnavailableException.class);
            assertThat(bench.guard().checkAndRecord(Bench.USER, Bench.ARTICLES)).matches(Decision::allowed);
            postgres.resume();
        }
    }

    @Test
    @DisplayName(
            "R25: guards that have to read the catalog anew go on by what Redis proves to be in force, and by nothing else")
    void catalogReadAnew() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = oneNode(postgres, redis)) {
            bench.guard().subscriptions().subscribe("other", "free", Bench.BY_TEST);
            bench.guard().check(Bench.USER, Bench.ARTICLES);
            bench.guard().check("other", Bench.ARTICLES);
            QuotaGuard forgetful = bench.guard(bench.store(), Duration.ofSeconds(2));
            postgres.pause();
            try (Load load = Load.start(List.of(forgetful), List.of(Bench.USER, "other"), 4)) {
                load.awaitAnswers(200);
                load.stop();
                System.out.printf(
                        "PausedLedgerTest: %d calls while PostgreSQL stood still, the longest took %s%n",
                        load.answered(), load.longest());
                assertThat(load.failures()).isEmpty();
            }
            assertThatThrownBy(() -> forgetful.check("never seen", Bench.ARTICLES))
                    .isInstanceOf(QuotaUnavailableException.class);
            redis.ask("FLUSHALL");
            assertThatThrownBy(() ->
                            bench.guard(bench.store(), Duration.ofSeconds(1)).check(Bench.USER, Bench.ARTICLES))
                    .isInstanceOf(QuotaUnavailableException.class);
            postgres.resume();
        }
    }
}
