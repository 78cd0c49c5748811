package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Taking back some of what was charged. */
class CorrectionTest extends StoreTest {
    private final Line use = Commands.line("u", "f", 6, 10);
    private final Command charge = Commands.record("k", use, Commands.onBehalf(use, "team", "credits", 10, 100));

    @Test
    @DisplayName("R37: a correction takes back on every counter that was charged, as new rows that name the old")
    void everyCounter() {
        Commands.accept(store, charge);
        Outcome.Accepted corrected = Commands.accept(store, to("c", 2));

        assertThat(corrected.verdicts()).extracting(Verdict::amount).containsExactly(40L, 4L);
        assertThat(corrected.verdicts())
                .extracting(Verdict::counter)
                .containsExactly(new Counter(20, 0), new Counter(2, 0));
        assertThat(rows()).isEqualTo("team 60, u 6, team -40 of 1, u -4 of 2");
        assertThat(database.ask("SELECT DISTINCT metadata FROM quotaguard.usage_record WHERE corrects IS NOT NULL"))
                .isEqualTo("{\"reason\": \"mistake\"}");
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
        assertThat(store.ledger().use("u", "f", "k", Commands.soon())).hasSize(2);
    }

    @Test
    @DisplayName("R7, R8: a repeated correction is the same one; its key in another request is a conflict")
    void keys() {
        Commands.accept(store, charge);
        Outcome.Accepted first = Commands.accept(store, by("c", 1));
        Commands.accept(store, by("d", 2));

        Outcome.Accepted again = Commands.accept(store, by("c", 1));
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(Commands.run(store, by("c", 2))).isEqualTo(new Outcome.Conflict("u", "f"));
        assertThat(Commands.run(store, to("c", 1))).isInstanceOf(Outcome.Conflict.class);
        assertThat(Commands.run(store, by("k", 6))).isInstanceOf(Outcome.Conflict.class);
        assertThat(Commands.run(store, Commands.record("c", use))).isInstanceOf(Outcome.Conflict.class);
        Outcome.Accepted nothing = Commands.accept(store, to("e", 3));
        assertThat(nothing.verdicts()).extracting(Verdict::amount).containsExactly(0L, 0L);
        assertThat(Commands.accept(store, to("e", 3)).verdicts())
                .as("a correction of nothing keeps its key as well")
                .isEqualTo(nothing.verdicts());
    }

    @Test
    @DisplayName("R37: all corrections together take back no more than was charged")
    void neverMore() {
        Commands.accept(store, charge);
        Commands.accept(store, by("c", 4));

        assertThat(Commands.run(store, by("d", 3)))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.failure()).hasMessageContaining("R37"));
        assertThat(Commands.run(store, to("d", 3))).isInstanceOf(Outcome.Rejected.class);
        Commands.accept(store, to("d", 0));
        assertThat(Commands.run(store, by("e", 1))).isInstanceOf(Outcome.Rejected.class);
        assertThat(database.ask("SELECT sum(used) FROM quotaguard.usage_counter"))
                .isEqualTo("0");
    }

    @Test
    @DisplayName("R29: falling below a threshold arms it again, and fires nothing")
    void rearms() {
        Line full = Commands.line("u", "f", 9, 10);
        Command first = Commands.record("1", full);
        assertThat(Commands.accept(store, first).alerts()).hasSize(1);
        assertThat(Commands.accept(store, Commands.correct(Operation.CORRECT_TO, "c", 1, first))
                        .alerts())
                .isEmpty();

        assertThat(Commands.accept(store, Commands.record(Commands.line("u", "f", 7, 10)))
                        .alerts())
                .singleElement()
                .satisfies(alert -> assertThat(alert.generation()).isEqualTo(1));
    }

    @Test
    @DisplayName("what a reset took back is not there to be taken back again, here or in the pool alone")
    void afterReset() {
        Commands.accept(store, charge);
        Commands.accept(store, Commands.of(Operation.RESET, "r", Commands.line("u", "f", 0, 10)));
        Commands.accept(store, Commands.record(Commands.line("u", "f", 1, 10)));

        Outcome.Accepted corrected = Commands.accept(store, by("c", 6));
        assertThat(corrected.verdicts()).extracting(Verdict::amount).containsExactly(60L, 0L);
        assertThat(Commands.accept(store, by("c", 6)).verdicts()).isEqualTo(corrected.verdicts());
        assertThat(Commands.accept(store, by("d", 6)).verdicts())
                .as("of no row is more taken back than it added")
                .extracting(Verdict::amount)
                .containsExactly(0L, 0L);
        assertThat(database.ask("SELECT string_agg(subject || ' ' || used, ', ' ORDER BY subject)"
                        + " FROM quotaguard.usage_counter"))
                .isEqualTo("team 0, u 1");
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
    }

    @Test
    @DisplayName(
            "R37: a correction lands in the window of its use, also when that is over, and lets go what expired there")
    void closedWindow() {
        Window window = new Window(Catalogs.START.minusSeconds(60), Catalogs.START.plusSeconds(30));
        Line line = new Line("u", "f", 10, Commands.terms(20, window));
        Command past = Commands.record("past", line);
        Commands.accept(store, past);
        Commands.accept(store, Commands.hold("h", Duration.ofSeconds(10), line));
        database.setClock(Catalogs.START.plusSeconds(40));
        Terms terms = Commands.terms(20, new Window(Catalogs.START.plusSeconds(30), null))
                .forEarlier(window);
        Command command = Commands.correct(Operation.CORRECT_BY, "c", 3, past);

        Outcome.Accepted corrected = Commands.accept(
                store,
                new Command(
                        Operation.CORRECT_BY, "c", List.of(new Line("u", "f", 3, terms)), Map.of(), command.target()));

        assertThat(corrected.verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.window()).isEqualTo(window);
            assertThat(verdict.counter()).isEqualTo(new Counter(7, 0));
        });
        assertThat(database.ask("SELECT fired FROM quotaguard.usage_counter"))
                .as("R32")
                .isEqualTo("{}");
    }

    @Test
    @DisplayName(
            "a use that was held before is corrected by what its commit charged; a hold, or nothing, cannot be corrected")
    void heldUse() {
        Command hold = Commands.hold("h", Duration.ofMinutes(1), use);
        Commands.accept(store, hold);
        Command correction = Commands.correct(Operation.CORRECT_BY, "c", 1, hold);
        assertThat(Commands.run(store, correction)).isInstanceOf(Outcome.NotFound.class);
        Command commit = Commands.settle(Operation.COMMIT, hold, 6);
        Commands.accept(store, commit);

        assertThat(Commands.run(store, correction)).isInstanceOf(Outcome.NotFound.class);
        Commands.accept(store, Commands.correct(Operation.CORRECT_BY, "c", 1, commit));
        assertThat(Commands.run(store, by("d", 1))).isInstanceOf(Outcome.NotFound.class);
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter")).isEqualTo("5");
    }

    private Command to(String key, long units) {
        return Commands.correct(Operation.CORRECT_TO, key, units, charge);
    }

    private Command by(String key, long units) {
        return Commands.correct(Operation.CORRECT_BY, key, units, charge);
    }

    private String rows() {
        return database.ask("""
                SELECT string_agg(subject || ' ' || amount || coalesce(' of ' || corrects - first, ''), ', ' ORDER BY id)
                  FROM quotaguard.usage_record, (SELECT min(id) - 1 AS first FROM quotaguard.usage_record) f
                """);
    }
}
