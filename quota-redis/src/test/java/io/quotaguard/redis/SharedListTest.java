package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testing.DelegatingStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A list in which calls of several callers go together (R45)")
class SharedListTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private EmbeddedRedis redis;
    private FaultBench bench;
    private GatedLedger ledger;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = FaultBench.on(redis.uri());
        ledger = bench.gateLedger();
        bench.alertAt(80).start(1, 1_000);
    }

    @AfterEach
    void stop() {
        ledger.open();
        bench.close();
        redis.close();
    }

    /** Keeps what it is asked to carry out. */
    private static final class Noting extends DelegatingStore {
        private final List<Command> noted = new ArrayList<>();

        Noting(QuotaStore store) {
            super(store);
        }

        @Override
        public List<Outcome> execute(List<Command> commands, Deadline deadline) {
            noted.addAll(commands);
            return commands.stream()
                    .<Outcome>map(command -> new Outcome.Unavailable(
                            new QuotaUnavailableException("only noted", null, command.key(), name()), false))
                    .toList();
        }
    }

    /** Returns a use as the guard sends it. */
    private Command use(String subject) {
        return use(Usage.of(subject, ARTICLES));
    }

    private Command use(Usage usage) {
        Noting noting = new Noting(bench.store());
        try (QuotaGuard guard = QuotaGuard.builder(noting).build()) {
            assertThatThrownBy(() -> guard.checkAndRecord(usage)).isInstanceOf(QuotaUnavailableException.class);
        }
        return noting.noted.get(0);
    }

    @Test
    @DisplayName(
            "R45: who is decided does not wait for a subject that cannot be loaded now, and that one goes by itself")
    void decidedLeaves() {
        bench.guard().checkAndRecord("warm", ARTICLES);
        List<Command> list = List.of(use("warm"), use("cold"));
        postsAreHeldUp();
        Deadline deadline = Deadline.after(PATIENCE);

        List<Outcome> outcomes = bench.store().execute(list, deadline.shared());

        assertThat(deadline.hasPassed()).isFalse();
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(1))
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        held -> assertThat(held.retryable()).isTrue());
    }

    @Test
    @DisplayName("R45: where nobody can be decided the way is free again before the time is up")
    void wayIsFree() {
        List<Command> list = List.of(use("cold"), use("colder"));
        postsAreHeldUp();
        Deadline deadline = Deadline.after(PATIENCE);

        List<Outcome> outcomes = bench.store().execute(list, deadline.shared());

        assertThat(deadline.hasPassed()).isFalse();
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Outcome.Unavailable.class,
                                held -> assertThat(held.retryable()).isTrue()));
    }

    @Test
    @DisplayName("R25: once a plan has changed its version is read once for all the uses of a list")
    void readOnce() {
        List<String> subjects = List.of("user-1", "user-2", "user-3", "user-4", "user-5", "user-6");
        subjects.forEach(subject -> bench.guard().checkAndRecord(subject, ARTICLES));
        Plan changed = Plan.named("free")
                .limit(ARTICLES, 2_000, ResetPeriod.NEVER)
                .build()
                .withVersion(bench.guard().plans().get("free").orElseThrow().version());
        bench.guard().plans().update(changed, Bench.BY_TEST);
        List<Command> list = subjects.stream().map(this::use).toList();
        long before = ScriptCount.of(redis);

        List<Outcome> outcomes = bench.store().execute(list, Deadline.after(PATIENCE));

        assertThat(outcomes).hasOnlyElementsOfType(Outcome.Accepted.class);
        assertThat(ScriptCount.of(redis) - before)
                .as("the list, what its shard is told, the list again, and what the drainer asks")
                .isLessThan(subjects.size());
    }

    @Test
    @DisplayName(
            "R45: uses that fire alerts do not hold their list up when the ledger does not take them; all alerts come")
    void alertsComeLater() {
        List<String> subjects = List.of("user-1", "user-2");
        subjects.forEach(subject -> bench.guard().check(subject, ARTICLES));
        postsAreHeldUp();
        List<Command> list = subjects.stream().map(this::firingUse).toList();
        Deadline deadline = Deadline.after(PATIENCE);

        List<Outcome> outcomes = bench.store().execute(list, deadline.shared());

        assertThat(deadline.remaining()).isGreaterThan(PATIENCE.dividedBy(2));
        assertThat(outcomes).allSatisfy(SharedListTest::isAcceptedWithoutAlerts);
        ledger.open();
        FaultBench.await(
                "the outbox has them",
                () -> subjects.stream()
                        .allMatch(subject ->
                                bench.guard().alerts().list(subject, 0, 10).size() == 1));
    }

    @Test
    @DisplayName("R45: a caller whose use fires an alert has its answer in time when the ledger does not take the use")
    void answerInTime() {
        bench.guard().check(Bench.USER, ARTICLES);
        postsAreHeldUp();
        Deadline deadline = Deadline.after(PATIENCE.dividedBy(4));

        List<Outcome> outcomes = bench.store().execute(List.of(firingUse(Bench.USER)), deadline);

        assertThat(deadline.hasPassed()).isFalse();
        assertThat(outcomes).allSatisfy(SharedListTest::isAcceptedWithoutAlerts);
    }

    private Command firingUse(String subject) {
        return use(Usage.of(subject, ARTICLES).amount(900));
    }

    private static void isAcceptedWithoutAlerts(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(accepted.alerts()).isEmpty());
    }

    /** What is on its way into the ledger keeps every subject from being loaded. */
    private void postsAreHeldUp() {
        bench.guard().check("other", ARTICLES);
        ledger.shut();
        bench.guard().checkAndRecord("other", ARTICLES);
        FaultBench.await("it is on its way", ledger::hasOneWaiting);
    }
}
