package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is held, and how it stops counting by itself. */
class HoldTest extends StoreTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Line line(long amount) {
        return Commands.line("u", "f", amount, 10);
    }

    @Test
    @DisplayName(
            "R34: a hold keeps its units free and charges nothing; whoever finds no room learns when there may be some")
    void keepsRoom() {
        Outcome.Accepted held = Commands.accept(store, Commands.hold("h", MINUTE, line(6)));

        assertThat(held.heldUntil()).isEqualTo(Catalogs.START.plus(MINUTE));
        assertThat(held.verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.amount()).isEqualTo(6);
            assertThat(verdict.counter()).isEqualTo(new Counter(0, 6));
        });
        assertThat(held.alerts()).isEmpty();
        Verdict refused = refused(Commands.record(line(5)));
        assertThat(refused.refusal()).isEqualTo(RefusalReason.HELD);
        assertThat(refused.heldUntil()).isEqualTo(Catalogs.START.plus(MINUTE));
        assertThat(refused(Commands.record(line(11))).refusal()).isEqualTo(RefusalReason.EXHAUSTED);
        assertThat(refused(Commands.hold("other", MINUTE, line(5))).refusal()).isEqualTo(RefusalReason.HELD);
        Commands.accept(store, Commands.record(line(4)));
        assertThat(database.ask("SELECT count(*) FROM quotaguard.quota_alert")).isEqualTo("0");
        assertThat(state()).isEqualTo("4 6");
        assertThat(database.ask(
                        "SELECT array_agg(operation || ' ' || amount ORDER BY id) FROM quotaguard.usage_record"))
                .isEqualTo("{\"HOLD 0\",\"RECORD 4\"}");
    }

    @Test
    @DisplayName("R7, R8: a repeated hold is the same hold, and its key stands for nothing else")
    void keys() {
        Command hold = Commands.hold("h", MINUTE, line(6));
        Commands.accept(store, hold);
        Commands.accept(store, Commands.extend(hold, Duration.ofMinutes(5)));

        Outcome.Accepted again = Commands.accept(store, hold);

        assertThat(again.replayed()).isTrue();
        assertThat(again.heldUntil()).isEqualTo(Catalogs.START.plus(Duration.ofMinutes(5)));
        assertThat(again.verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.amount()).isEqualTo(6);
            assertThat(verdict.counter()).isEqualTo(new Counter(0, 6));
        });
        assertThat(Commands.run(store, Commands.hold("h", MINUTE, line(5)))).isInstanceOf(Outcome.Conflict.class);
        assertThat(Commands.run(store, Commands.record("h", line(6)))).isInstanceOf(Outcome.Conflict.class);
        Commands.accept(store, Commands.record("r", line(1)));
        assertThat(Commands.run(store, Commands.hold("r", MINUTE, line(1)))).isInstanceOf(Outcome.Conflict.class);
        assertThat(state()).isEqualTo("1 6");
    }

    @Test
    @DisplayName(
            "R35: from its instant of expiry on a hold counts for nothing, though nothing but the next call notices")
    void expires() {
        Command first = Commands.hold("1", MINUTE, line(4));
        Command second = Commands.hold("2", MINUTE.multipliedBy(2), line(5));
        Commands.accept(store, first);
        Commands.accept(store, second);

        database.setClock(Catalogs.START.plus(MINUTE).minusNanos(1_000));
        assertThat(checked().counter()).isEqualTo(new Counter(0, 9));
        database.setClock(Catalogs.START.plus(MINUTE));

        assertThat(checked().counter()).isEqualTo(new Counter(0, 5));
        assertThat(state()).as("a check writes nothing").isEqualTo("0 9");
        Verdict refused = refused(Commands.record(line(6)));
        assertThat(refused.counter()).isEqualTo(new Counter(0, 5));
        assertThat(refused.heldUntil()).isEqualTo(Catalogs.START.plus(MINUTE.multipliedBy(2)));
        assertThat(state()).as("whoever locks the counter puts it right").isEqualTo("0 5");
        assertThat(Commands.run(store, Commands.settle(Operation.COMMIT, first, 4)))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        late -> assertThat(late.verdicts())
                                .extracting(Verdict::refusal)
                                .containsExactly(RefusalReason.EXPIRED));
        assertThat(Commands.run(store, Commands.settle(Operation.RELEASE, first, 0)))
                .isEqualTo(new Outcome.Settled(ReservationState.EXPIRED));
        assertThat(Commands.run(store, Commands.extend(first, MINUTE)))
                .isEqualTo(new Outcome.Settled(ReservationState.EXPIRED));
        database.setClock(Catalogs.START.plus(MINUTE.multipliedBy(2)));
        Commands.accept(store, Commands.record(line(10)));
        assertThat(state()).isEqualTo("10 0");
    }

    @Test
    @DisplayName("R40: a hold keeps units on every level, and all of them expire together")
    void everyLevel() {
        Line use = line(3);
        Command hold = Commands.hold(
                "h",
                MINUTE,
                use,
                Commands.onBehalf(use, "team", "f", 1, 100),
                Commands.onBehalf(use, "a team", "credits", 5, -1));
        Outcome.Accepted held = Commands.accept(store, hold);

        assertThat(held.verdicts()).extracting(Verdict::subject).containsExactly("a team", "team", "u");
        assertThat(held.verdicts())
                .extracting(verdict -> verdict.counter().held())
                .containsExactly(15L, 3L, 3L);
        assertThat(Commands.accept(store, hold).verdicts())
                .as("a replay answers for the use")
                .extracting(Verdict::subject)
                .containsExactly("u");
        assertThat(database.ask("SELECT array_agg(subject ORDER BY position) FROM quotaguard.reservation_line"))
                .isEqualTo("{u,\"a team\",team}");
        database.setClock(Catalogs.START.plus(MINUTE));
        Commands.run(store, Commands.settle(Operation.RELEASE, hold, 0));
        assertThat(database.ask("SELECT sum(held) FROM quotaguard.usage_counter"))
                .isEqualTo("0");
    }

    @Test
    @DisplayName("R2: a hold that is refused leaves neither counter nor reservation")
    void refusalLeavesNothing() {
        Line use = line(3);
        assertThat(Commands.run(store, Commands.hold("h", MINUTE, use, Commands.onBehalf(use, "team", "f", 1, 2))))
                .isInstanceOf(Outcome.Refused.class);

        assertThat(database.count("usage_counter")).isZero();
        assertThat(database.count("reservation")).isZero();
        assertThat(database.count("usage_record")).isZero();
    }

    @Test
    @DisplayName("commands of one list see each other's holds, in order")
    void oneList() {
        Command hold = Commands.hold("h", MINUTE, line(6));
        List<Outcome> outcomes = store.execute(
                List.of(
                        hold,
                        Commands.record("a", line(5)),
                        hold,
                        Commands.settle(Operation.COMMIT, hold, 2),
                        Commands.record("b", line(8))),
                Commands.soon());

        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Refused.class);
        assertThat(outcomes.get(2)).isInstanceOfSatisfying(Outcome.Accepted.class, again -> {
            assertThat(again.replayed()).isTrue();
            assertThat(again.heldUntil()).isEqualTo(Catalogs.START.plus(MINUTE));
        });
        assertThat(outcomes.get(4)).isInstanceOf(Outcome.Accepted.class);
        assertThat(state()).isEqualTo("10 0");
    }

    private Verdict refused(Command command) {
        Outcome outcome = Commands.run(store, command);
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused) outcome).verdicts().get(0);
    }

    private Verdict checked() {
        return Commands.accept(store, Commands.of(Operation.CHECK, "c", line(0)))
                .verdicts()
                .get(0);
    }

    private String state() {
        return database.ask("SELECT used || ' ' || held FROM quotaguard.usage_counter WHERE subject = 'u'");
    }
}
