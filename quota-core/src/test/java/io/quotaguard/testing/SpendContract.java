package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Spending;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R7, R35 and R42 at the store: what is charged out of a hold, as leases do. */
abstract class SpendContract extends ContractGroup {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Instant END = NOON.plus(TTL);
    private static final UUID HOLD = KeyIdentity.of(USER, ARTICLES, "hold");

    SpendContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Outcome.Accepted execute(Operation operation, String key, Line line, Target target) {
        Outcome outcome = store.execute(
                        List.of(new Command(operation, key, List.of(line), Map.of(), target)), deadline())
                .get(0);
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        return (Outcome.Accepted) outcome;
    }

    /** Holds units, and returns a line of their counter, whatever its window is later. */
    private Line hold(long units) {
        Line line = resolved(USER, ARTICLES, units);
        execute(Operation.HOLD, "hold", line, new Target(HOLD, TTL));
        return line.withAmount(0);
    }

    /** Charges uses of two units each, under these keys, and keeps {@code left} units of the hold. */
    private Outcome.Accepted spend(Line line, long left, String... keys) {
        List<Spending.Spent> uses = Arrays.stream(keys)
                .map(key -> new Spending.Spent(key, 2, Map.of()))
                .toList();
        return execute(Operation.SPEND, "spend", line, Target.of(HOLD, new Spending(uses, left)));
    }

    private static Counter counter(Outcome.Accepted spent) {
        return spent.verdicts().get(0).counter();
    }

    @Test
    @DisplayName("R7, R35: uses are charged once, also when they are sent again, and the hold ends with its last unit")
    void spends() {
        dailyArticles(10);
        Line line = hold(7);

        Outcome.Accepted first = spend(line, 3, "a", "b");
        Outcome.Accepted again = spend(line, 3, "a", "b");
        Outcome.Accepted last = spend(line, 0, "c");

        assertThat(counter(first)).isEqualTo(new Counter(4, 3));
        assertThat(first.replayed()).isFalse();
        assertThat(first.heldUntil()).isEqualTo(END);
        assertThat(again.replayed()).isTrue();
        assertThat(counter(again)).isEqualTo(new Counter(4, 3));
        assertThat(counter(last)).isEqualTo(new Counter(6, 0));
        assertThat(last.heldUntil()).isNull();
        assertThat(rows(USER)).extracting(UsageRecord::usedAfter).containsExactly(6L, 4L, 2L);
    }

    @Test
    @DisplayName("R35: what was spent before the hold expired is charged afterwards too, and frees nothing twice")
    void expired() {
        dailyArticles(10);
        Line line = hold(7);
        setTime(END);
        assertAllowed(use(USER, ARTICLES, 6));

        Outcome.Accepted late = spend(line, 3, "a", "b");

        assertThat(counter(late)).isEqualTo(new Counter(10, 0));
        assertThat(late.heldUntil()).isNull();
    }

    @Test
    @DisplayName("R35: spending a hold that has expired frees nothing, and holds nothing, when the clock goes back")
    void clockGoesBack() {
        dailyArticles(10);
        Line line = hold(7);
        setTime(END);
        assertAllowed(quota.reserve(line(USER, ARTICLES, 6), TTL).orThrow().decision());
        setTime(NOON.plusSeconds(1));

        Outcome.Accepted spent = spend(line, 3, "a", "b");

        assertThat(counter(spent)).isEqualTo(new Counter(4, 6));
        assertThat(spent.heldUntil()).isNull();
        assertThat(counter(spend(line, 0))).isEqualTo(new Counter(4, 6));
        assertRefused(use(USER, ARTICLES, 1));
    }
}
