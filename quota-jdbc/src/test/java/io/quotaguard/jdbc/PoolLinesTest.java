package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Counters that are charged on behalf of a use. */
class PoolLinesTest extends StoreTest {
    private static final Line ANN = Commands.line("ann", "f", 4, -1);
    private static final Line BEN = Commands.line("ben", "f", 5, -1);

    @Test
    @DisplayName("R40: every level passes or none, and a refusal names each that refused")
    void together() {
        Command command = Commands.record(
                "k", ANN, Commands.onBehalf(ANN, "team", "f", 1, 4), Commands.onBehalf(ANN, "org", "credits", 3, 11));
        assertThat(Commands.run(store, command)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.verdicts())
                    .extracting(Verdict::refusal)
                    .containsExactly(null, RefusalReason.EXHAUSTED, null);
            assertThat(refused.verdicts().get(1).usesLeft()).hasValue(3);
        });
        assertThat(database.count("usage_counter")).isZero();
    }

    @Test
    @DisplayName(
            "R7: a retry answers what was charged then, whoever would be charged today; only the use keeps the key")
    void replay() {
        Command command = Commands.record(
                "k", ANN, Commands.onBehalf(ANN, "team", "f", 1, 100), Commands.onBehalf(ANN, "org", "credits", 3, -1));
        Outcome.Accepted first = Commands.accept(store, command);
        assertThat(first.verdicts()).extracting(Verdict::amount).containsExactly(4L, 12L, 4L);

        Outcome.Accepted alone = Commands.accept(store, Commands.record("k", ANN));
        assertThat(alone.replayed()).isTrue();
        assertThat(alone.verdicts()).isEqualTo(first.verdicts());
        Outcome.Accepted elsewhere =
                Commands.accept(store, Commands.record("k", ANN, Commands.onBehalf(ANN, "other team", "f", 1, 0)));
        assertThat(elsewhere.verdicts()).isEqualTo(first.verdicts());
        Line team = Commands.line("team", "f", 4, 100);
        assertThat(Commands.accept(store, Commands.record("k", team)).replayed())
                .as("the pool may use the key itself")
                .isFalse();
        assertThat(Commands.accept(store, Commands.record("k", BEN, Commands.onBehalf(BEN, "team", "f", 1, 100)))
                        .replayed())
                .as("and so may every member")
                .isFalse();
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter WHERE subject = 'team'"))
                .isEqualTo("13");
    }

    @Test
    @DisplayName("R40: two members' uses in one call pass their pool together, and are rows of their own in its ledger")
    void sharedCounter() {
        Command command = ofBoth("k", 8);
        assertThat(Commands.run(store, command)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.verdicts())
                    .extracting(Verdict::refusal)
                    .containsExactly(null, null, RefusalReason.EXHAUSTED, RefusalReason.EXHAUSTED);
            assertThat(refused.verdicts()).extracting(Verdict::amount).containsExactly(4L, 5L, 4L, 5L);
        });
        assertThat(Commands.run(
                        store, Commands.of(Operation.CHECK, "c", command.lines().toArray(Line[]::new))))
                .isInstanceOf(Outcome.Refused.class);

        Outcome.Accepted accepted = Commands.accept(store, ofBoth("k", 9));
        assertThat(accepted.verdicts())
                .extracting(verdict -> verdict.counter().used())
                .containsExactly(4L, 5L, 4L, 9L);
        assertThat(accepted.alerts()).extracting(Alert::used).containsExactly(9L, 9L, 9L);
        assertThat(Commands.accept(store, ofBoth("k", 9)).verdicts()).isEqualTo(accepted.verdicts());
        assertThat(Commands.run(store, Commands.record("k", ANN)))
                .as("one of the two alone is another request")
                .isInstanceOf(Outcome.Conflict.class);
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
        assertThat(store.ledger().use("ann", "f", "k", Commands.soon()))
                .extracting(row -> row.subject() + " " + row.amount())
                .containsExactly("ann 4", "team 4");
    }

    @Test
    @DisplayName("a use that takes what is left is bounded by the tightest level, in whole units of its own")
    void upTo() {
        Line use = Commands.line("ann", "f", 50, 40);
        Command command = Commands.of(
                Operation.UP_TO,
                "k",
                use,
                Commands.onBehalf(use, "team", "f", 1, -1),
                Commands.onBehalf(use, "team", "credits", 3, 20));
        Outcome.Accepted accepted = Commands.accept(store, command);

        assertThat(accepted.verdicts()).extracting(Verdict::amount).containsExactly(6L, 18L, 6L);
        assertThat(accepted.verdicts())
                .extracting(Verdict::counter)
                .containsExactly(new Counter(6, 0), new Counter(18, 0), new Counter(6, 0));
        assertThat(Commands.accept(store, command).verdicts()).isEqualTo(accepted.verdicts());
        Command more = Commands.of(Operation.UP_TO, "more", command.lines().toArray(Line[]::new));
        assertThat(Commands.run(store, more)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.verdicts())
                    .extracting(Verdict::refusal)
                    .containsExactly(null, RefusalReason.EXHAUSTED, null);
            assertThat(refused.verdicts()).extracting(Verdict::amount).containsExactly(50L, 150L, 50L);
        });
        assertThat(Commands.run(store, Commands.record("k", use))).isInstanceOf(Outcome.Conflict.class);
    }

    @Test
    @DisplayName("R43: what was allowed without the store is posted to every level, whatever its limit says")
    void post() {
        Command command = Commands.of(Operation.POST, "k", ANN, Commands.onBehalf(ANN, "team", "f", 1, 1));
        Outcome.Accepted posted = Commands.accept(store, command);

        assertThat(posted.verdicts()).extracting(Verdict::overage).containsExactly(0L, 3L);
        assertThat(Commands.accept(store, Commands.record("k", ANN)).verdicts()).isEqualTo(posted.verdicts());
    }

    @Test
    @DisplayName("a twin of a use in one list gets the answer that was given to the first, pools included")
    void twins() {
        Command command = Commands.record("k", ANN, Commands.onBehalf(ANN, "team", "f", 1, 100));
        List<Outcome> outcomes = store.execute(List.of(command, Commands.record("k", ANN)), Commands.soon());

        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Accepted.class, twin -> {
            assertThat(twin.replayed()).isTrue();
            assertThat(twin.verdicts()).isEqualTo(((Outcome.Accepted) outcomes.get(0)).verdicts());
        });
    }

    private static Command ofBoth(String key, long limit) {
        return Commands.record(
                key,
                ANN,
                BEN,
                Commands.onBehalf(ANN, "team", "f", 1, limit),
                Commands.onBehalf(BEN, "team", "f", 1, limit));
    }
}
