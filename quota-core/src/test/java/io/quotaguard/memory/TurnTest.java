package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Units;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.LocalStore;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Spending;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A command's turn in memory")
class TurnTest {
    private static final UUID ID = new UUID(1, 2);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private final Bench bench = new Bench();

    private Line line(long amount, long limit) {
        return new Line("u", "f", amount, bench.terms(limit));
    }

    /** Units of another counter, ten for each unit of the use. */
    private Line credits(long amount) {
        return credits(amount, 10);
    }

    private Line credits(long amount, long rate) {
        return new Line("a team", "credits", amount, bench.terms(-1), new Origin("u", "f", rate));
    }

    private Outcome about(Operation operation, String key, Target target, Line... lines) {
        return bench.execute(new Command(operation, key, List.of(lines), Map.of(), target));
    }

    private Outcome.Accepted spend(long left, Spending.Spent... uses) {
        Target target = Target.of(ID, new Spending(List.of(uses), left));
        return bench.accepted(about(Operation.SPEND, bench.newKey(), target, line(0, 10)));
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMIT", "RELEASE", "EXTEND", "SPEND", "CORRECT_BY"})
    @DisplayName("R35, R37: what settles, spends or corrects says so when there is nothing of that name")
    void notFound(Operation operation) {
        bench.accepted(bench.record("u", 1, 10));
        Target nothing = new Target(ID, 99, MINUTE, new Spending(List.of(), 0));

        assertThat(about(operation, "k", nothing, line(1, 10))).isEqualTo(new Outcome.NotFound(ID));
    }

    @Test
    @DisplayName("R25: a correction by terms that moved meanwhile is stale, and takes nothing back")
    void staleCorrection() {
        bench.accepted(bench.run(Operation.RECORD, "use", line(5, 10)));
        Line moved = new Line("u", "f", 1, Bench.terms(10, Bench.DAY, new CatalogVersion(9, "x", 9, 9)));
        Target use = new Target(KeyIdentity.of("u", "f", "use"), 1, null);

        assertThat(about(Operation.CORRECT_BY, "k", use, moved)).isInstanceOf(Outcome.Stale.class);
        assertThat(bench.used("u")).isEqualTo(5);
        assertThat(about(Operation.CORRECT_BY, "k", use, line(1, 10))).isInstanceOf(Outcome.Accepted.class);
        assertThat(bench.used("u")).isEqualTo(4);
    }

    @Test
    @DisplayName("H5: a use whose alert has no room takes no other room either")
    void noRoomForAlerts() {
        Bench small = new Bench(InMemoryQuotaStore.builder().maxCounters(2).maxRecords(3));
        assertThat(Bench.fired(small.record("u", 100, 100))).containsExactly(80, 95, 100);

        assertThat(small.record("v", 80, 100)).isInstanceOf(Outcome.Unavailable.class);

        assertThat(small.record("w", 1, 100)).isInstanceOf(Outcome.Accepted.class);
        assertThat(small.record("w", 1, 100)).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    @DisplayName("R7, R35: what is spent of a hold is charged once, and the hold ends with its last unit")
    void spends() {
        Outcome.Accepted held = bench.accepted(about(Operation.HOLD, "hold", new Target(ID, MINUTE), line(6, 10)));
        Spending.Spent use = new Spending.Spent("k", 2, Map.of());

        Outcome.Accepted first = spend(4, use);
        Outcome.Accepted again = spend(4, use);
        Outcome.Accepted nothing = spend(1);
        Outcome.Accepted last = spend(0);

        assertThat(first.replayed()).isFalse();
        assertThat(first.verdicts().get(0).counter()).isEqualTo(new Counter(2, 4));
        assertThat(first.heldUntil()).isNotNull().isEqualTo(held.heldUntil());
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(nothing.replayed())
                .as("a spending without uses repeats nothing")
                .isFalse();
        assertThat(nothing.verdicts().get(0).counter()).isEqualTo(new Counter(2, 1));
        assertThat(last.verdicts().get(0).counter()).isEqualTo(new Counter(2, 0));
        assertThat(last.heldUntil()).isNull();
    }

    @Test
    @DisplayName("R34: a release gives back what was held, and says what the counter shows then")
    void releases() {
        bench.accepted(about(Operation.HOLD, "hold", new Target(ID, MINUTE), line(6, 10)));

        Outcome.Accepted released = bench.accepted(about(Operation.RELEASE, "k", new Target(ID, null), line(6, 10)));

        assertThat(released.verdicts().get(0).counter()).isEqualTo(Counter.ZERO);
        assertThat(bench.record("u", 10, 10)).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    @DisplayName("R6, R40: a use of up to so many takes as many credits as the largest sum holds, and is refused above")
    void upToTheLargestSum() {
        long most = Units.MAX / 10;
        Outcome.Accepted taken = bench.accepted(bench.run(Operation.UP_TO, "a", line(most, -1), credits(most * 10)));
        assertThat(taken.verdicts())
                .extracting(verdict -> verdict.counter().used())
                .containsExactly(most * 10, most);
        assertThat(bench.run(Operation.UP_TO, "b", line(2, -1), credits(20)))
                .as("ten credits at most are left below the largest sum")
                .isInstanceOf(Outcome.Rejected.class);
        assertThat(new Bench().run(Operation.UP_TO, "c", line(most + 1, -1), credits(Units.MAX)))
                .isInstanceOf(Outcome.Rejected.class);
    }

    @Test
    @DisplayName("R6, R40: a use whose credits would count round to a small number is refused, and takes none")
    void upToPastAllNumbers() {
        long rate = 1L << 12;
        long units = (1L << 52) + 1;
        assertThat(units * rate).as("it is 2^64 more").isEqualTo(rate);

        assertThat(bench.run(Operation.UP_TO, "k", line(units, -1), credits(rate, rate)))
                .isInstanceOf(Outcome.Rejected.class);

        assertThat(bench.used("u")).isZero();
        assertThat(bench.used("a team", "credits", Bench.DAY)).isZero();
    }

    @Test
    @DisplayName("R7: the retry of a use is told what the first was, line by line in the same order")
    void replayed() {
        Line[] lines = {line(3, 10), credits(30)};
        Outcome.Accepted first = bench.accepted(bench.run(Operation.RECORD, "k", lines));
        Outcome.Accepted again = bench.accepted(bench.run(Operation.RECORD, "k", lines));

        assertThat(first.verdicts()).extracting("subject").containsExactly("a team", "u");
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
    }

    @Test
    @DisplayName("R6: the short way leaves a sum that is too large to the long one, also without a limit")
    void tillLeavesOverflow() {
        bench.accepted(bench.record("u", Units.MAX - 1, -1));
        LocalStore.Till till = bench.store().till("u", "f");

        assertThat(till.charge(line(2, -1), "k")).isNull();
        assertThat(till.check(line(2, -1), "k")).isNull();
        assertThat(Objects.requireNonNull(till.charge(line(1, -1), "k")).used()).isEqualTo(Units.MAX);
    }

    @Test
    @DisplayName("R13: the short way answers a look and a refusal too, with the call's key or one made for it")
    void tillKeys() {
        bench.accepted(bench.record("u", 8, 10));
        LocalStore.Till till = bench.store().till("u", "f");

        for (Line line : List.of(line(2, 10), line(3, 10))) {
            Decision named = Objects.requireNonNull(till.check(line, "k"));
            Decision made = Objects.requireNonNull(till.check(line, null));
            assertThat(named.key()).isEqualTo("k");
            assertThat(made.key()).hasSize(36);
            assertThat(made.used()).isEqualTo(8);
        }
    }
}
