package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@DisplayName("Many threads on one memory store")
class ConcurrencyTest {
    private static final int THREADS = 16;

    private final Bench bench = new Bench();

    private static long accepted(List<List<Outcome>> outcomes) {
        return outcomes.stream()
                .flatMap(List::stream)
                .filter(Outcome.Accepted.class::isInstance)
                .count();
    }

    private static List<Outcome> times(int count, IntFunction<Outcome> call) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            outcomes.add(call.apply(i));
        }
        return outcomes;
    }

    private void assertSound() {
        assertThat(bench.store().ledger().verify(Bench.soon())).isEmpty();
    }

    @RepeatedTest(5)
    @DisplayName("R1: of 16,000 parallel unit calls on a limit of 5,000 exactly 5,000 are allowed, with a row each")
    void exactlyTheLimit() {
        List<List<Outcome>> outcomes = Crowd.run(THREADS, thread -> () -> times(1000, i -> bench.record("u", 1, 5000)));

        assertThat(accepted(outcomes)).isEqualTo(5000);
        assertThat(bench.used("u")).isEqualTo(5000);
        assertThat(bench.store().parts().meters().records().alive()).isEqualTo(5000);
        assertSound();
    }

    @RepeatedTest(20)
    @DisplayName("R7: a storm of retries of 50 keys is charged 50 times, and all get one answer per key")
    void stormOfRetries() {
        Terms terms = bench.terms(-1);
        List<List<Outcome>> outcomes = Crowd.run(
                THREADS,
                thread -> () ->
                        times(50, i -> bench.run(Operation.RECORD, "key-" + i, new Line("u", "f", 1 + i % 3, terms))));

        assertThat(accepted(outcomes)).isEqualTo(THREADS * 50);
        assertThat(outcomes.stream()
                        .flatMap(List::stream)
                        .filter(outcome -> !bench.accepted(outcome).replayed()))
                .hasSize(50);
        for (int i = 0; i < 50; i++) {
            int key = i;
            assertThat(outcomes.stream()
                            .map(each -> bench.accepted(each.get(key)).verdicts())
                            .distinct())
                    .hasSize(1);
        }
        assertThat(bench.store().ledger().records(UsageQuery.of("u"), Bench.soon()))
                .hasSize(50);
        assertSound();
    }

    @Test
    @DisplayName("R10: at no instant is a use charged whose key is not known: two calls in lockstep are charged once")
    void keyAndUseAppearTogether() {
        int rounds = 6_000;
        Terms terms = bench.terms(-1);
        IntConsumer use = i -> bench.run(Operation.RECORD, "key-" + i, new Line("u", "f", 1, terms));
        Crowd.lockstep(rounds, use, use);

        assertThat(bench.used("u")).isEqualTo(rounds);
        assertThat(bench.store().parts().meters().records().alive()).isEqualTo(rounds);
    }

    @RepeatedTest(5)
    @DisplayName("R3: commands over the same lines, named in opposite order, neither deadlock nor charge halves")
    void oppositeOrder() {
        List<List<Outcome>> outcomes = Crowd.run(
                THREADS,
                thread -> () -> times(300, i -> {
                    Line user = new Line("user", "f", 1, bench.terms(1000));
                    Line team = new Line("team", "f", 1, bench.terms(700));
                    return thread % 2 == 0
                            ? bench.run(Operation.RECORD, bench.newKey(), user, team)
                            : bench.run(Operation.RECORD, bench.newKey(), team, user);
                }));

        assertThat(accepted(outcomes)).isEqualTo(700);
        assertThat(bench.used("user")).isEqualTo(700);
        assertThat(bench.used("team")).isEqualTo(700);
        assertSound();
    }

    @RepeatedTest(10)
    @DisplayName("R28: a thousand calls that race across a threshold give one alert each")
    void oneAlertPerThreshold() {
        Crowd.run(THREADS, thread -> () -> times(63, i -> bench.record("u", 1, 1000)));

        assertThat(bench.store().alerts().list(Optional.empty(), AlertStore.Which.ALL, 0, 100, Bench.soon()))
                .extracting(Alert::threshold, Alert::used)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(80, 800L),
                        org.assertj.core.groups.Tuple.tuple(95, 950L),
                        org.assertj.core.groups.Tuple.tuple(100, 1000L));
    }

    @RepeatedTest(10)
    @DisplayName("R2: refused first uses that race with accepted ones on the same meter lose nothing")
    void droppedMetersAreNotUsed() {
        List<List<Outcome>> outcomes = Crowd.run(
                THREADS,
                thread -> () -> times(500, i -> {
                    // Half of the threads make and drop the meter all the time; a use may never land in a dropped one.
                    String subject = "u" + i;
                    return thread % 2 == 0 ? bench.record(subject, 5, 1) : bench.record(subject, 1, -1);
                }));

        assertThat(accepted(outcomes)).isEqualTo(THREADS / 2 * 500);
        for (int i = 0; i < 500; i++) {
            assertThat(bench.used("u" + i)).isEqualTo(THREADS / 2);
        }
        assertSound();
    }

    @Test
    @DisplayName(
            "R45: a call that waits for a meter gives up at its deadline, names key and store, and changes nothing")
    void deadline() {
        Owner owner = new Owner("u", "f");
        Command command = Bench.command(
                Operation.RECORD, "k", new Line("a", "f", 1, bench.terms(10)), new Line("u", "f", 1, bench.terms(10)));
        Meter held = bench.store().parts().meters().lock(owner, Bench.soon(), null);
        Outcome outcome;
        try {
            outcome = Crowd.run(
                            1,
                            thread -> () -> bench.store()
                                    .execute(List.of(command), Deadline.after(Duration.ofMillis(50)))
                                    .get(0))
                    .get(0);
        } finally {
            bench.store().parts().meters().release(held);
        }

        assertThat(outcome).isInstanceOf(Outcome.Unavailable.class);
        Outcome.Unavailable unavailable = (Outcome.Unavailable) outcome;
        assertThat(unavailable.retryable()).isFalse();
        assertThat(unavailable.failure())
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("u / f");
        assertThat(unavailable.failure().key()).isEqualTo("k");
        assertThat(unavailable.failure().store()).isEqualTo("memory");
        assertThat(bench.store().parts().meters().isEmpty()).isTrue();
    }

    @Test
    @DisplayName("R45: a call whose deadline has passed already is not recorded behind its caller's back")
    void deadlineAlreadyPassed() {
        Deadline passed = Deadline.after(Duration.ofNanos(1));
        while (!passed.hasPassed()) {
            Thread.onSpinWait();
        }
        Command command = Bench.command(Operation.RECORD, "k", new Line("u", "f", 1, bench.terms(10)));

        assertThat(bench.store().execute(List.of(command), passed).get(0)).isInstanceOf(Outcome.Unavailable.class);
        assertThat(bench.store().parts().meters().isEmpty()).isTrue();
    }

    @Test
    @DisplayName("R45: an interrupted wait ends at once, keeps the interrupt, and changes nothing")
    void interrupted() {
        Meter held = bench.store().parts().meters().lock(new Owner("u", "f"), Bench.soon(), null);
        try {
            boolean kept = Crowd.run(1, thread -> () -> {
                        Thread.currentThread().interrupt();
                        assertThat(bench.record("u", 1, 10)).isInstanceOf(Outcome.Unavailable.class);
                        return Thread.interrupted();
                    })
                    .get(0);
            assertThat(kept).isTrue();
        } finally {
            bench.store().parts().meters().release(held);
        }
        assertThat(bench.store().parts().meters().isEmpty()).isTrue();
    }
}
