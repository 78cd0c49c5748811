package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Outcome.Accepted;
import io.quotaguard.spi.Outcome.Conflict;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Keys in memory")
class IdempotencyTest {
    private final Bench bench = new Bench();

    @Test
    @DisplayName("R7: at 100 % a retry gets the original answer, although a new use is refused")
    void replayAtTheLimit() {
        Command command = Bench.command(Operation.RECORD, "k", new Line("u", "f", 4, bench.terms(10)));
        Accepted first = bench.accepted(bench.execute(command));
        bench.accepted(bench.record("u", 6, 10));

        Accepted again = bench.accepted(bench.execute(command));

        assertThat(bench.record("u", 1, 10)).isInstanceOf(Outcome.Refused.class);
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(again.alerts()).isEmpty();
        assertThat(bench.used("u")).isEqualTo(10);
        assertThat(bench.store().ledger().records(UsageQuery.of("u"), Bench.soon()))
                .hasSize(2);
    }

    @Test
    @DisplayName("R7: after rollover and under other terms the original window, limit and source are answered")
    void replayAfterRollover() {
        LimitSource source = new LimitSource(LimitSource.Kind.PLAN, "pro", 3);
        Terms then = new Terms(
                Standing.GRANTED,
                Limit.of(10),
                Limit.of(10),
                Thresholds.DEFAULT,
                source,
                Bench.DAY,
                null,
                null,
                Bench.NO_CATALOG);
        Accepted first = bench.accepted(bench.run(Operation.RECORD, "k", new Line("u", "f", 4, then)));
        bench.pass(Duration.ofDays(3));

        Accepted again = bench.accepted(bench.run(Operation.RECORD, "k", new Line("u", "f", 4, bench.terms(1))));

        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(again.verdicts().get(0).source()).isEqualTo(source);
        assertThat(bench.used("u")).isZero();
    }

    @Test
    @DisplayName("R7: the key comes before verification: a retry with terms that are stale by now is answered")
    void replayBeforeVerification() {
        Command command = Bench.command(Operation.RECORD, "k", new Line("u", "f", 4, bench.terms(10)));
        bench.accepted(bench.execute(command));
        bench.pass(Duration.ofDays(1));

        assertThat(bench.accepted(bench.execute(command)).replayed()).isTrue();
    }

    @Test
    @DisplayName("R8: a key used for another amount, operation or set of lines is a conflict that changes nothing")
    void conflict() {
        Line line = new Line("u", "f", 4, bench.terms(10));
        bench.accepted(bench.run(Operation.RECORD, "k", line));

        assertThat(bench.run(Operation.RECORD, "k", new Line("u", "f", 5, bench.terms(10))))
                .isEqualTo(new Conflict("u", "f"));
        assertThat(bench.reset("u", "k", 10)).isEqualTo(new Conflict("u", "f"));
        assertThat(bench.run(Operation.RECORD, "k", line, new Line("a", "f", 1, bench.terms(10))))
                .as("known on some lines only")
                .isEqualTo(new Conflict("u", "f"));
        assertThat(bench.used("u")).isEqualTo(4);
        assertThat(bench.used("a")).isZero();
    }

    @Test
    @DisplayName("R8: a key's scope is subject and feature: elsewhere it is another key")
    void scope() {
        for (Line line : List.of(
                new Line("u", "f", 1, bench.terms(10)),
                new Line("u", "g", 2, bench.terms(10)),
                new Line("v", "f", 3, bench.terms(10)))) {
            assertThat(bench.accepted(bench.run(Operation.RECORD, "k", line)).replayed())
                    .isFalse();
        }
    }

    @Test
    @DisplayName("R7, R3: a command over several lines is replayed as a whole, in its order")
    void replaySeveralLines() {
        Command command = Bench.command(
                Operation.RECORD,
                "k",
                new Line("b", "f", 1, bench.terms(10)),
                new Line("a", "g", 2, bench.terms(10)),
                new Line("a", "f", 3, bench.terms(10)));
        Accepted first = bench.accepted(bench.execute(command));
        Accepted again = bench.accepted(bench.execute(command));

        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(again.verdicts()).extracting("amount").containsExactly(3L, 2L, 1L);
    }

    @Test
    @DisplayName("R7, R43: a post of a use that was recorded after all is a replay, and the other way round")
    void postAndRecordShareTheKey() {
        Line line = new Line("u", "f", 4, bench.terms(10));
        bench.accepted(bench.run(Operation.RECORD, "k", line));
        bench.accepted(bench.run(Operation.POST, "l", line));

        assertThat(bench.accepted(bench.run(Operation.POST, "k", line)).replayed())
                .isTrue();
        assertThat(bench.accepted(bench.run(Operation.RECORD, "l", line)).replayed())
                .isTrue();
        assertThat(bench.used("u")).isEqualTo(8);
    }

    @Test
    @DisplayName("R7: a check neither knows keys nor leaves one")
    void checkHasNoKey() {
        Line line = new Line("u", "f", 4, bench.terms(10));
        bench.accepted(bench.run(Operation.CHECK, "k", line));

        assertThat(bench.accepted(bench.run(Operation.RECORD, "k", line)).replayed())
                .isFalse();
        assertThat(bench.accepted(bench.run(Operation.CHECK, "k", new Line("u", "f", 1, bench.terms(10))))
                        .replayed())
                .isFalse();
    }

    @Test
    @DisplayName("R7: two commands of one list behave as if they came one after the other")
    void oneAfterTheOtherInAList() {
        Command command = Bench.command(Operation.RECORD, "k", new Line("u", "f", 4, bench.terms(10)));
        List<Outcome> outcomes = bench.store().execute(List.of(command, command), Bench.soon());

        assertThat(outcomes).extracting("replayed").containsExactly(false, true);
        assertThat(bench.used("u")).isEqualTo(4);
    }
}
