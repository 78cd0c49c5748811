package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Units;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Deciding in memory")
class DecisionTest {
    private final Bench bench = new Bench();

    @Test
    @DisplayName("R1: exactly the limit passes, and nothing above it")
    void exactlyTheLimit() {
        assertThat(bench.record("u", 7, 10)).isInstanceOf(Outcome.Accepted.class);
        assertThat(bench.record("u", 3, 10)).isInstanceOf(Outcome.Accepted.class);
        assertThat(bench.record("u", 1, 10)).isInstanceOf(Outcome.Refused.class);
        assertThat(bench.used("u")).isEqualTo(10);
    }

    @Test
    @DisplayName("R2: a refused first use leaves no counter, no row, no key, no alert and no meter")
    void refusalLeavesNothing() {
        Outcome refused = bench.run(Operation.RECORD, "k", new Line("u", "f", 11, bench.terms(10)));

        assertThat(refused).isInstanceOf(Outcome.Refused.class);
        assertThat(bench.store().parts().meters().isEmpty()).isTrue();
        assertThat(bench.run(Operation.RECORD, "k", new Line("u", "f", 10, bench.terms(10))))
                .as("R9: the key is free for another try")
                .isInstanceOf(Outcome.Accepted.class);
        assertThat(bench.store().parts().meters().isEmpty()).isFalse();
    }

    @Test
    @DisplayName("R3: when one line refuses, no line is charged, and all verdicts are told")
    void allOrNothing() {
        bench.accepted(bench.record("team", 9, 10));
        Line passing = new Line("alice", "f", 2, bench.terms(10));
        Line refusing = new Line("team", "f", 2, bench.terms(10));

        Outcome outcome = bench.run(Operation.RECORD, "k", refusing, passing);

        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        List<Verdict> verdicts = ((Outcome.Refused) outcome).verdicts();
        assertThat(verdicts).extracting(Verdict::subject).containsExactly("alice", "team");
        assertThat(verdicts.get(0).refusal()).isNull();
        assertThat(verdicts.get(0).counter()).isEqualTo(Counter.ZERO);
        assertThat(verdicts.get(1).refusal()).isEqualTo(RefusalReason.EXHAUSTED);
        assertThat(verdicts.get(1).counter()).isEqualTo(new Counter(9, 0));
        assertThat(bench.used("alice")).isZero();
        assertThat(bench.used("team")).isEqualTo(9);
    }

    @Test
    @DisplayName("R4: unlimited refuses nothing, zero refuses everything")
    void unlimitedAndZero() {
        assertThat(bench.record("u", 1_000_000, -1)).isInstanceOf(Outcome.Accepted.class);
        assertThat(bench.record("v", 1, 0)).isInstanceOf(Outcome.Refused.class);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = Standing.class, names = "GRANTED", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("R4: without the feature a use, a check and a reset are refused with the reason, whatever the limit")
    void absent(Standing standing) {
        Line line = new Line("u", "f", 1, Bench.standing(standing, bench.terms(-1)));
        for (Operation operation : List.of(Operation.RECORD, Operation.CHECK, Operation.RESET)) {
            Outcome outcome = bench.run(operation, "k", line);
            assertThat(outcome).isInstanceOf(Outcome.Refused.class);
            assertThat(((Outcome.Refused) outcome).verdicts().get(0).refusal()).isEqualTo(RefusalReason.of(standing));
        }
        assertThat(bench.store().parts().meters().isEmpty()).isTrue();
    }

    @Test
    @DisplayName("R6: a sum above the cap is an error that changes nothing, also in a check")
    void overflow() {
        bench.accepted(bench.record("u", Units.MAX, -1));

        for (Operation operation : List.of(Operation.CHECK, Operation.RECORD, Operation.POST)) {
            Outcome outcome = bench.run(operation, "k", new Line("u", "f", 1, bench.terms(-1)));
            assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
            assertThat(((Outcome.Rejected) outcome).failure())
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("R6");
        }
        assertThat(bench.store().ledger().verify(Bench.soon())).isEmpty();
        assertThat(bench.store().ledger().records(UsageQuery.of("u"), Bench.soon()))
                .hasSize(1);
    }

    @Test
    @DisplayName("A check shows the counter as found and changes nothing")
    void checkChangesNothing() {
        bench.accepted(bench.record("u", 3, 10));
        Outcome.Accepted fits = bench.accepted(bench.run(Operation.CHECK, "k", new Line("u", "f", 7, bench.terms(10))));
        Outcome refused = bench.run(Operation.CHECK, "k", new Line("u", "f", 8, bench.terms(10)));

        assertThat(fits.verdicts().get(0).counter()).isEqualTo(new Counter(3, 0));
        assertThat(fits.replayed()).isFalse();
        assertThat(fits.alerts()).isEmpty();
        assertThat(refused).isInstanceOf(Outcome.Refused.class);
        assertThat(bench.used("u")).isEqualTo(3);
        assertThat(bench.store().alerts().list(Optional.empty(), AlertStore.Which.ALL, 0, 10, Bench.soon()))
                .isEmpty();
    }

    @Test
    @DisplayName("R18: a reset takes back what is used by one row, and leaves nothing to a second one")
    void resetTakesBack() {
        bench.accepted(bench.record("u", 10, 10));
        Outcome.Accepted reset = bench.accepted(bench.reset("u", "reset-1", 10));
        bench.accepted(bench.reset("u", "reset-2", 10));

        assertThat(reset.verdicts().get(0).counter()).isEqualTo(Counter.ZERO);
        assertThat(reset.verdicts().get(0).amount()).isZero();
        assertThat(bench.store().ledger().records(UsageQuery.of("u"), Bench.soon()))
                .extracting("amount")
                .containsExactly(-10L, 10L);
        assertThat(bench.record("u", 10, 10)).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    @DisplayName("R18: a reset run twice under one key takes back once, also when it found nothing the first time")
    void resetIsIdempotent() {
        bench.accepted(bench.reset("u", "reset", 10));
        bench.accepted(bench.record("u", 4, 10));
        Outcome.Accepted again = bench.accepted(bench.reset("u", "reset", 10));

        assertThat(again.replayed()).isTrue();
        assertThat(bench.used("u")).isEqualTo(4);
    }

    @Test
    @DisplayName("R18, R21: a reset frees a counter that a lowered limit left above it")
    void resetAboveTheLimit() {
        bench.accepted(bench.record("u", 10, 10));
        assertThat(bench.reset("u", "reset", 3)).isInstanceOf(Outcome.Accepted.class);
        assertThat(bench.used("u")).isZero();
    }

    @Test
    @DisplayName("R43: a posted use is charged whatever the limit, the window and the catalog say by now, and marked")
    void postIsCharged() {
        bench.accepted(bench.record("u", 10, 10));
        Line late =
                new Line("u", "f", 5, Bench.terms(10, Bench.DAY, new io.quotaguard.model.CatalogVersion(9, "x", 9, 9)));
        bench.pass(java.time.Duration.ofDays(2));

        Outcome.Accepted posted = bench.accepted(bench.run(Operation.POST, "k", late));

        assertThat(posted.verdicts().get(0).counter()).isEqualTo(new Counter(15, 0));
        assertThat(posted.alerts()).as("R32").isEmpty();
        assertThat(bench.store().ledger().records(UsageQuery.of("u"), Bench.soon()))
                .extracting("degraded")
                .containsExactly(true, false);
        assertThat(bench.used("u")).as("today's counter").isZero();
    }

    @Test
    @DisplayName("One command's fault is its own: the others of the list are carried out")
    void faultsStayAlone() {
        Instant far = Instant.MAX;
        Line broken = new Line("b", "f", 1, Bench.until(far, bench.terms(10)));
        List<Outcome> outcomes = bench.store()
                .execute(
                        List.of(
                                Bench.command(Operation.RECORD, "1", new Line("a", "f", 1, bench.terms(10))),
                                new io.quotaguard.spi.Command(
                                        Operation.RECORD, "2", List.of(broken), new ThrowingMap()),
                                Bench.command(Operation.RECORD, "3", new Line("c", "f", 1, bench.terms(10)))),
                        Bench.soon());

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Unavailable.class);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Accepted.class);
        assertThat(bench.used("b")).isZero();
    }

    /** Metadata that cannot be read. */
    private static final class ThrowingMap extends java.util.AbstractMap<String, String> {
        @Override
        public java.util.Set<Map.Entry<String, String>> entrySet() {
            throw new IllegalStateException("metadata of a hostile host");
        }
    }
}
