package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a hold ends. */
class SettleTest extends StoreTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Line use = Commands.line("u", "f", 6, 10);
    private final Command hold = Commands.hold("h", MINUTE, use, Commands.onBehalf(use, "team", "credits", 10, 100));

    @Test
    @DisplayName("R34: a commit charges what was used on every level, frees the rest, and fires (R31)")
    void commit() {
        Commands.accept(store, hold);
        Outcome.Accepted committed = Commands.accept(store, commit(5));

        assertThat(committed.verdicts()).extracting(Verdict::amount).containsExactly(50L, 5L);
        assertThat(committed.verdicts())
                .extracting(Verdict::counter)
                .containsExactly(new Counter(50, 0), new Counter(5, 0));
        Commands.accept(store, Commands.record(Commands.line("u", "f", 5, 10)));
        assertThat(counters()).isEqualTo("team 50 0, u 10 0");
        assertThat(
                        database.ask(
                                "SELECT string_agg(subject || ' ' || operation || ' ' || amount || ' ' || metadata, ', '"
                                        + " ORDER BY id) FROM quotaguard.usage_record WHERE key = 'h' AND operation = 'COMMIT'"))
                .isEqualTo("team COMMIT 50 {\"job\": \"h\"}, u COMMIT 5 {\"job\": \"h\"}");
        assertThat(store.ledger().use("u", "f", "h", Commands.soon()))
                .extracting(row -> row.subject() + " " + row.amount())
                .containsExactly("u 5", "team 50");
    }

    @Test
    @DisplayName("R31: a commit fires what it reaches, a hold does not")
    void alerts() {
        Command all = Commands.hold("all", MINUTE, Commands.line("u", "f", 10, 10));
        assertThat(Commands.accept(store, all).alerts()).isEmpty();

        assertThat(Commands.accept(store, Commands.settle(Operation.COMMIT, all, 10))
                        .alerts())
                .extracting(alert -> alert.threshold() + " of " + alert.limit())
                .containsExactly("80 of 10", "95 of 10", "100 of 10");
    }

    @Test
    @DisplayName("R35: the same commit again is the same answer, any other ending a typed one")
    void once() {
        Commands.accept(store, hold);
        Outcome.Accepted first = Commands.accept(store, commit(5));
        Commands.accept(store, Commands.record(Commands.line("u", "f", 1, 10)));

        Outcome.Accepted again = Commands.accept(store, commit(5));
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(Commands.accept(store, Commands.settle(Operation.COMMIT_MORE, hold, 5))
                        .replayed())
                .isTrue();
        Outcome committed = new Outcome.Settled(ReservationState.COMMITTED);
        assertThat(Commands.run(store, commit(4))).isEqualTo(committed);
        assertThat(Commands.run(store, release(hold))).isEqualTo(committed);
        assertThat(Commands.run(store, Commands.extend(hold, MINUTE))).isEqualTo(committed);
        database.setClock(Catalogs.START.plus(MINUTE));
        assertThat(Commands.accept(store, commit(5)).replayed())
                .as("also when its time is over")
                .isTrue();
        assertThat(counters()).isEqualTo("team 50 0, u 6 0");
    }

    @Test
    @DisplayName("R35: so is a release")
    void release() {
        Commands.accept(store, hold);
        Outcome.Accepted released = Commands.accept(store, release(hold));
        assertThat(released.verdicts()).extracting(Verdict::amount).containsExactly(0L, 0L);
        assertThat(released.verdicts()).extracting(Verdict::counter).containsOnly(Counter.ZERO);
        assertThat(released.replayed()).isFalse();

        assertThat(Commands.accept(store, release(hold)).replayed()).isTrue();
        assertThat(Commands.run(store, commit(1))).isEqualTo(new Outcome.Settled(ReservationState.RELEASED));
        assertThat(Commands.run(store, Commands.extend(hold, MINUTE)))
                .isEqualTo(new Outcome.Settled(ReservationState.RELEASED));
        assertThat(database.ask("SELECT count(*) FROM quotaguard.usage_record WHERE amount <> 0"))
                .isEqualTo("0");
    }

    @Test
    @DisplayName(
            "R34: a commit of more than is held is an error, but in the mode that asks the limit again for the excess")
    void more() {
        Commands.accept(store, hold);
        Commands.accept(store, Commands.record(Commands.line("u", "f", 3, 10)));
        assertThat(Commands.run(store, commit(7)))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.failure())
                                .isInstanceOf(InvalidQuotaArgumentException.class)
                                .hasMessageContaining("R34"));
        assertMoreRefused(8, null, RefusalReason.EXHAUSTED);
        assertMoreRefused(14, RefusalReason.EXHAUSTED, RefusalReason.EXHAUSTED);
        Command other = Commands.hold("other", MINUTE, Commands.line("u", "f", 1, 10));
        Commands.accept(store, other);
        assertMoreRefused(7, null, RefusalReason.HELD);
        assertThat(counters()).as("it stays held").isEqualTo("team 0 60, u 3 7");

        Commands.accept(store, release(other));
        Commands.accept(store, Commands.settle(Operation.COMMIT_MORE, hold, 7));
        assertThat(counters()).isEqualTo("team 70 0, u 10 0");
    }

    private void assertMoreRefused(long units, @Nullable RefusalReason team, @Nullable RefusalReason user) {
        assertThat(Commands.run(store, Commands.settle(Operation.COMMIT_MORE, hold, units)))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                    assertThat(refused.verdicts()).extracting(Verdict::refusal).containsExactly(team, user);
                    assertThat(refused.verdicts()).extracting(Verdict::amount).containsExactly(units * 10, units);
                });
    }

    @Test
    @DisplayName("R34: an extension moves the end on, never back, and no other hold's")
    void extend() {
        Command other = Commands.hold("other", MINUTE.multipliedBy(3), Commands.line("u", "f", 1, 10));
        Commands.accept(store, hold);
        Commands.accept(store, other);

        assertThat(Commands.accept(store, Commands.extend(hold, Duration.ofMinutes(5)))
                        .heldUntil())
                .isEqualTo(Catalogs.START.plus(Duration.ofMinutes(5)));
        assertThat(Commands.accept(store, Commands.extend(hold, MINUTE)).heldUntil())
                .isEqualTo(Catalogs.START.plus(Duration.ofMinutes(5)));
        assertThat(database.ask("SELECT held_until = '" + Catalogs.START.plus(Duration.ofMinutes(3))
                        + "' FROM quotaguard.usage_counter WHERE subject = 'u'"))
                .isEqualTo("t");
        database.setClock(Catalogs.START.plus(Duration.ofMinutes(4)));
        Commands.accept(store, commit(6));
        assertThat(counters()).isEqualTo("team 60 0, u 6 0");
    }

    @Test
    @DisplayName("a reservation that nobody made is not found")
    void unknown() {
        UUID id = UUID.randomUUID();
        Command command =
                new Command(Operation.RELEASE, "k", List.of(use.withAmount(0)), Map.of(), new Target(id, null));
        assertThat(Commands.run(store, command)).isEqualTo(new Outcome.NotFound(id));
        assertThat(database.count("usage_counter")).isZero();
    }

    @Test
    @DisplayName("R36: a commit after the window's end charges the hold's own window, and fires nothing there (R32)")
    void afterRollover() {
        Window window = new Window(Catalogs.START.minusSeconds(60), Catalogs.START.plusSeconds(30));
        Line line = new Line("u", "f", 10, Commands.terms(10, window));
        Command held = Commands.hold("h", MINUTE, line);
        Commands.accept(store, held);
        database.setClock(Catalogs.START.plusSeconds(40));
        Window next = new Window(Catalogs.START.plusSeconds(30), Catalogs.START.plusSeconds(90));
        Line earlier = new Line("u", "f", 10, Commands.terms(10, next).forEarlier(window));
        UUID id = held.identity(line);

        Outcome.Accepted committed = Commands.accept(
                store, new Command(Operation.COMMIT, "h", List.of(earlier), Map.of(), new Target(id, null)));

        assertThat(committed.alerts()).isEmpty();
        assertThat(committed.verdicts().get(0).window()).isEqualTo(window);
        assertThat(database.ask("SELECT used || ' ' || held || ' ' || fired::text FROM quotaguard.usage_counter"))
                .isEqualTo("10 0 {}");
    }

    @Test
    @DisplayName("R25: a commit is verified against the catalog and the clock, a release is not")
    void staleness() {
        Commands.accept(store, hold);
        Catalogs.grant(store, io.quotaguard.model.Grant.of("u", "f", 1));

        assertThat(Commands.run(store, commit(5)))
                .isInstanceOfSatisfying(
                        Outcome.Stale.class, stale -> assertThat(stale.cause()).isEqualTo(Outcome.Stale.Cause.CATALOG));
        assertThat(counters()).isEqualTo("team 0 60, u 0 6");
        Commands.accept(store, release(hold));
    }

    private Command commit(long units) {
        return Commands.settle(Operation.COMMIT, hold, units);
    }

    private static Command release(Command hold) {
        return Commands.settle(Operation.RELEASE, hold, 0);
    }

    private String counters() {
        return database.ask("SELECT string_agg(subject || ' ' || used || ' ' || held, ', ' ORDER BY subject)"
                + " FROM quotaguard.usage_counter");
    }
}
