package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Grant;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationState;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What many threads do to the same holds, uses and grants at once. */
class SettleRaceTest extends StoreTest {
    private static final int THREADS = 32;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    @DisplayName("R35: of many who commit, release and let one hold expire, one ending wins and all are told of it")
    void oneEnding() throws Exception {
        for (int round = 0; round < 12; round++) {
            database.setClock(Catalogs.START.plus(Duration.ofHours(round)));
            String subject = "u" + round;
            Line use = Commands.line(subject, "f", 6, 10);
            Command hold = Commands.hold("h", MINUTE, use, Commands.onBehalf(use, "team" + round, "credits", 10, -1));
            Commands.accept(store, hold);
            boolean runsOut = round % 3 == 0;
            List<Callable<Outcome>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Command command = i % 3 == 0
                        ? Commands.settle(Operation.RELEASE, hold, 0)
                        : Commands.settle(Operation.COMMIT, hold, 4 + i % 3 - 1);
                if (runsOut && i == THREADS / 4) {
                    int hours = round;
                    calls.add(() -> {
                        database.setClock(
                                Catalogs.START.plus(Duration.ofHours(hours)).plus(MINUTE));
                        return Commands.run(store, command);
                    });
                } else {
                    calls.add(() -> Commands.run(store, command));
                }
            }
            Collections.shuffle(calls, new Random(round));
            assertOneEnding(subject, inParallel(calls));
        }
    }

    private void assertOneEnding(String subject, List<Outcome> outcomes) {
        Outcome check = Commands.run(store, Commands.record(Commands.line(subject, "f", 1, 10)));
        assertThat(check).isInstanceOf(Outcome.Accepted.class);
        String state = database.ask("SELECT state FROM quotaguard.reservation WHERE subject = '" + subject + "'");
        long first = outcomes.stream()
                .filter(outcome -> outcome instanceof Outcome.Accepted accepted && !accepted.replayed())
                .count();
        assertThat(first).as(state).isEqualTo(state.equals("HELD") ? 0 : 1);
        ReservationState ended = state.equals("HELD") ? ReservationState.EXPIRED : ReservationState.valueOf(state);
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Settled settled) {
                assertThat(settled.state()).isEqualTo(ended);
            } else if (outcome instanceof Outcome.Refused refused) {
                assertThat(ended).isEqualTo(ReservationState.EXPIRED);
                assertThat(refused.verdicts().get(0).refusal()).isEqualTo(RefusalReason.EXPIRED);
            } else {
                assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
            }
        }
        String committed = database.ask(
                "SELECT coalesce(committed, 0) FROM quotaguard.reservation WHERE subject = '" + subject + "'");
        assertThat(database.ask("SELECT used - 1 || ' ' || held FROM quotaguard.usage_counter WHERE subject = '"
                        + subject + "'"))
                .isEqualTo(committed + " 0");
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
    }

    @Test
    @DisplayName(
            "trap 14: charges, holds, their endings and corrections over the same levels and grants never deadlock")
    void noDeadlock() throws Exception {
        List<String> names = List.of("a", "b", "z");
        names.forEach(name -> Catalogs.grant(store, Grant.of(name, "f", 1_000)));
        List<Callable<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            List<String> order = new ArrayList<>(names);
            Collections.rotate(order, i % 3);
            if (i % 2 == 0) {
                Collections.swap(order, 1, 2);
            }
            int number = i;
            calls.add(() -> lifeOf(number, order));
        }
        assertThat(inParallel(calls)).hasOnlyElementsOfType(Outcome.Accepted.class);

        assertThat(database.ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
                .isEqualTo("0");
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
        assertThat(database.ask("SELECT sum(held) FROM quotaguard.usage_counter"))
                .isEqualTo("0");
        assertThat(database.ask("SELECT bool_and(u.burned = 1000 - g.units_left) FROM quotaguard.usage_counter u"
                        + " JOIN quotaguard.usage_grant g USING (subject, feature)"))
                .isEqualTo("t");
    }

    /** A use that charges two others as well: made at once, or held first; in the end some of it is taken back. */
    private Outcome lifeOf(int number, List<String> subjects) {
        Line use = Commands.topped(subjects.get(0), "f", 3, 5, -1, 1);
        List<Line> lines = new ArrayList<>(List.of(use));
        for (String pool : subjects.subList(1, subjects.size())) {
            Line line = Commands.topped(pool, "f", 3, 5, -1, 1);
            lines.add(new Line(
                    pool, "f", 3, line.terms(), new io.quotaguard.model.Origin(use.subject(), use.feature(), 1)));
        }
        Line[] all = lines.toArray(Line[]::new);
        Command charge = Commands.record("k" + number, all);
        if (number % 2 == 0) {
            Command hold = Commands.hold("k" + number, MINUTE, all);
            Commands.accept(store, hold);
            Commands.accept(store, Commands.extend(hold, MINUTE.multipliedBy(2)));
            charge = Commands.settle(
                    number % 4 == 0 ? Operation.COMMIT : Operation.RELEASE, hold, number % 4 == 0 ? 2 : 0);
            Outcome ended = Commands.accept(store, charge);
            if (number % 4 != 0) {
                return ended;
            }
        } else {
            Commands.accept(store, charge);
        }
        return Commands.accept(store, Commands.correct(Operation.CORRECT_BY, "c" + number, 1, charge));
    }

    private static <T> List<T> inParallel(List<Callable<T>> calls) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : pool.invokeAll(calls, 120, TimeUnit.SECONDS)) {
                results.add(result.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
