package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaCapacityException;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Spending;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@DisplayName("The bounds of the memory store")
class CapacityTest {
    private static final Duration RETENTION = Duration.ofDays(35);
    private static final Duration DAY = Duration.ofDays(1);

    private static InMemoryQuotaStore.Builder bounded(int maxCounters, int maxRecords) {
        return InMemoryQuotaStore.builder().maxCounters(maxCounters).maxRecords(maxRecords);
    }

    private static void assertFull(String option, Outcome outcome) {
        assertFull(option, 3, outcome);
    }

    private static void assertFull(String option, int most, Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Unavailable.class);
        Outcome.Unavailable unavailable = (Outcome.Unavailable) outcome;
        assertThat(unavailable.retryable()).isFalse();
        assertThat(unavailable.failure())
                .isInstanceOf(QuotaCapacityException.class)
                .hasMessageContaining(option)
                .hasMessageContaining("at most " + most + " ");
    }

    @Test
    @DisplayName("H5: at the most counters a new name is refused, and live counters go on being served")
    void countersAreBounded() {
        Bench bench = new Bench(bounded(3, 1000));
        for (int i = 0; i < 3; i++) {
            bench.accepted(bench.record("u" + i, 1, 10));
        }

        assertFull("maxCounters", bench.record("new", 1, 10));
        assertFull("maxCounters", bench.reset("new", "reset", 10));
        Line live = new Line("u0", "f", 1, bench.terms(10));
        assertFull("maxCounters", bench.run(Operation.RECORD, "k", live, new Line("new", "f", 1, bench.terms(10))));
        for (int i = 0; i < 3; i++) {
            bench.accepted(bench.record("u" + i, 1, 10));
            assertThat(bench.used("u" + i)).isEqualTo(2);
        }
        assertThat(bench.store().parts().meters().counters().alive()).isEqualTo(3);
        assertThat(bench.store().parts().meters().records().alive()).isEqualTo(6);
    }

    @Test
    @DisplayName("H5: at the most rows every use is refused, before it changed anything, and retries are answered")
    void rowsAreBounded() {
        Bench bench = new Bench(bounded(1000, 3));
        Line line = new Line("u", "f", 1, bench.terms(10));
        bench.accepted(bench.run(Operation.RECORD, "first", line));
        bench.accepted(bench.record("u", 1, 10));
        bench.accepted(bench.record("u", 1, 10));

        assertFull("maxRecords", bench.record("u", 1, 10));
        assertFull("maxRecords", bench.record("new", 1, 10));
        assertThat(bench.used("u")).isEqualTo(3);
        assertThat(bench.accepted(bench.run(Operation.RECORD, "first", line)).replayed())
                .isTrue();
        assertThat(bench.store().parts().meters().counters().alive()).isEqualTo(1);
        assertThat(bench.store().ledger().verify(Bench.soon())).isEmpty();
    }

    @Test
    @DisplayName("H5, R10: room comes back when a window's retention is over, not an instant earlier")
    void roomComesBack() {
        Bench bench = new Bench(bounded(3, 1000).retention(RETENTION));
        for (int i = 0; i < 3; i++) {
            bench.accepted(bench.record("u" + i, 10, 10));
        }
        bench.pass(Duration.between(bench.now(), Bench.DAY.resetsAt().orElseThrow())
                .plus(RETENTION)
                .minusNanos(1));
        assertFull("maxCounters", bench.record("new", 1, 10));

        bench.pass(Duration.ofNanos(1));
        for (int i = 0; i < 3; i++) {
            bench.accepted(bench.record("new" + i, 1, 10));
        }
        assertFull("maxCounters", bench.record("more", 1, 10));
        assertThat(bench.store().ledger().records(UsageQuery.of("u0"), Bench.soon()))
                .as("its rows went with it")
                .isEmpty();
        assertThat(bench.store().alerts().list(Optional.of("u0"), AlertStore.Which.ALL, 0, 10, Bench.soon()))
                .as("and its alerts, delivered or not")
                .isEmpty();
    }

    @Test
    @DisplayName("R10: a key is known through the retention and free afterwards")
    void keysAreKeptThroughRetention() {
        Bench bench = new Bench(bounded(1, 1000).retention(RETENTION));
        Line line = new Line("u", "f", 1, bench.terms(10));
        bench.accepted(bench.run(Operation.RECORD, "k", line));
        bench.pass(Duration.between(bench.now(), Bench.DAY.resetsAt().orElseThrow())
                .plus(RETENTION)
                .minusNanos(1));
        assertThat(bench.accepted(bench.run(Operation.RECORD, "k", line)).replayed())
                .isTrue();

        bench.pass(Duration.ofNanos(1));
        bench.accepted(bench.record("u", 1, 10));
        assertThat(bench.accepted(bench.run(Operation.RECORD, "k", new Line("u", "f", 1, bench.terms(10))))
                        .replayed())
                .isFalse();
    }

    @Test
    @DisplayName("R10: of a feature that is still in use, the keys of forgotten windows go and the others stay")
    void keysOfForgottenWindowsGo() {
        Bench bench = new Bench(bounded(100, 1000).retention(RETENTION));
        Line first = new Line("u", "f", 1, bench.terms(10));
        bench.accepted(bench.run(Operation.RECORD, "first", first));
        bench.pass(DAY);
        Line second = new Line("u", "f", 1, bench.terms(10));
        bench.accepted(bench.run(Operation.RECORD, "second", second));
        bench.pass(RETENTION);
        bench.accepted(bench.record("someone else", 1, 10));

        assertThat(bench.accepted(bench.run(Operation.RECORD, "second", second)).replayed())
                .isTrue();
        assertThat(bench.accepted(bench.run(Operation.POST, "first", first)).replayed())
                .isFalse();
    }

    @Test
    @DisplayName("R8, R10: a key of which the retention has forgotten some lines is a conflict, never half an answer")
    void halfForgottenKey() {
        Bench bench = new Bench(bounded(100, 1000).retention(RETENTION));
        Line daily = new Line("u", "daily", 1, bench.terms(10));
        Line permanent = new Line("u", "permanent", 1, Bench.terms(10, Window.PERMANENT, Bench.NO_CATALOG));
        bench.accepted(bench.run(Operation.RECORD, "k", daily, permanent));
        bench.pass(RETENTION.plus(DAY));
        bench.accepted(bench.record("someone else", 1, 10));

        assertThat(bench.run(Operation.RECORD, "k", daily, permanent))
                .isEqualTo(new Outcome.Conflict("u", "permanent"));
    }

    @Test
    @DisplayName(
            "H5, R3, R42: a spending without room for all of its uses charges none, and all once when there is room")
    void spendingWithoutRoom() {
        Bench bench = new Bench(bounded(10, 3).retention(RETENTION));
        bench.accepted(bench.record("someone else", 1, 10));
        bench.pass(DAY);
        Command spending = spending(bench, 5, 2, 2);

        assertFull("maxRecords", bench.execute(spending));
        assertThat(bench.counter("u", "f", Window.PERMANENT)).isEqualTo(new Counter(0, 5));
        assertThat(bench.store().parts().meters().records().alive()).isEqualTo(2);

        bench.pass(RETENTION);
        Outcome.Accepted spent = bench.accepted(bench.execute(spending));
        assertThat(spent.replayed()).isFalse();
        assertThat(spent.verdicts().get(0).counter()).isEqualTo(new Counter(4, 1));
        assertThat(bench.accepted(bench.execute(spending)).replayed()).isTrue();
        assertThat(bench.used("u", "f", Window.PERMANENT)).isEqualTo(4);
        List<UsageRecord> rows = bench.store().ledger().records(UsageQuery.of("u"), Bench.soon());
        assertThat(rows).extracting(UsageRecord::key).containsExactly("b", "a");
        assertThat(rows.get(0).id()).isGreaterThan(rows.get(1).id());
        assertThat(bench.store().ledger().verify(Bench.soon())).isEmpty();
    }

    @Test
    @DisplayName("H5, R3: a spending without room for the alert of its last use charges none, and keeps its hold")
    void spendingWithoutRoomForAlerts() {
        Bench bench = new Bench(bounded(10, 4).retention(RETENTION));
        bench.accepted(bench.record("someone else", 100, 100));
        Command spending = spending(bench, 10, 1, 9);

        assertFull("maxRecords", 4, bench.execute(spending));
        assertThat(bench.counter("u", "f", Window.PERMANENT)).isEqualTo(new Counter(0, 10));
        assertThat(bench.store().parts().meters().records().alive()).isEqualTo(2);
    }

    /** Holds units of ten for 90 days, and returns what spends them in two uses. */
    private static Command spending(Bench bench, long held, long first, long second) {
        Line line = new Line("u", "f", held, Bench.terms(10, Window.PERMANENT, Bench.NO_CATALOG));
        UUID hold = new UUID(1, 2);
        bench.accepted(bench.execute(
                new Command(Operation.HOLD, "h", List.of(line), Map.of(), new Target(hold, Duration.ofDays(90)))));
        List<Spending.Spent> uses =
                List.of(new Spending.Spent("a", first, Map.of()), new Spending.Spent("b", second, Map.of()));
        Target target = Target.of(hold, new Spending(uses, held - first - second));
        return new Command(Operation.SPEND, "s", List.of(line.withAmount(0)), Map.of(), target);
    }

    @Test
    @DisplayName("H5, R10: of counters that end at one time none is left behind, however many a command opened")
    void forgetsAllOfOneTime() {
        Bench bench = new Bench(bounded(3, 1000).retention(RETENTION));
        bench.accepted(bench.record("u", 1, 10));
        bench.accepted(bench.run(
                Operation.RECORD,
                "both",
                new Line("v", "f", 1, bench.terms(10)),
                new Line("w", "f", 1, bench.terms(10))));

        bench.pass(RETENTION.plus(DAY));
        bench.store().parts().meters().sweep(bench.now(), Integer.MAX_VALUE);

        assertThat(bench.store().parts().meters().counters().alive()).isZero();
    }

    @Test
    @DisplayName("R10: a store that is never full forgets as well, so that a year of days keeps a month of counters")
    void keepsPace() {
        Bench bench = new Bench(bounded(10_000, 100_000).retention(RETENTION));
        for (int day = 0; day < 365; day++) {
            for (int i = 0; i < 5; i++) {
                bench.accepted(bench.record("u" + i, 10, 10));
            }
            bench.pass(DAY);
        }

        assertThat(bench.store().parts().meters().counters().alive()).isBetween(5L * 35, 5L * 38);
        assertThat(bench.store()
                        .alerts()
                        .statistics(Optional.empty(), Bench.soon())
                        .total())
                .isBetween(15L * 35, 15L * 38);
        assertThat(bench.store().ledger().verify(Bench.soon())).isEmpty();
    }

    @Test
    @DisplayName("A window that never ends is never forgotten")
    void permanentStays() {
        Bench bench = new Bench(bounded(2, 1000).retention(RETENTION));
        Line line = new Line("u", "f", 4, Bench.terms(10, Window.PERMANENT, Bench.NO_CATALOG));
        bench.accepted(bench.run(Operation.RECORD, "k", line));
        for (int i = 0; i < 10; i++) {
            bench.pass(RETENTION.multipliedBy(2));
            bench.accepted(bench.record("u", 1, 10));
        }

        assertThat(bench.used("u", "f", Window.PERMANENT)).isEqualTo(4);
        assertThat(bench.accepted(bench.run(Operation.RECORD, "k", line)).replayed())
                .isTrue();
    }

    @Test
    @DisplayName("H5: alerts are bounded too: a use whose alert has no room is refused, the others are served")
    void alertsAreBounded() {
        Bench bench = new Bench(bounded(10, 3));
        bench.accepted(bench.record("u", 100, 100));

        assertFull("maxRecords", bench.record("v", 80, 100));
        bench.accepted(bench.record("v", 79, 100));
        assertThat(bench.used("v")).isEqualTo(79);
        assertThat(bench.store()
                        .alerts()
                        .statistics(Optional.empty(), Bench.soon())
                        .total())
                .isEqualTo(3);
        assertThat(bench.store().parts().meters().records().alive()).isEqualTo(2);
    }

    @Test
    @DisplayName("H5, R44: at the most audit rows a change is refused, until the oldest is past its retention")
    void auditIsBounded() {
        Bench bench = new Bench(bounded(10, 3).retention(RETENTION));
        for (int i = 0; i < 3; i++) {
            save(bench, i);
        }
        assertThatThrownBy(() -> save(bench, 3))
                .isInstanceOf(QuotaCapacityException.class)
                .hasMessageContaining("audit rows");
        assertThat(bench.store()
                        .catalog()
                        .plan("pro", Bench.soon())
                        .orElseThrow()
                        .version())
                .isEqualTo(3);

        bench.pass(RETENTION);
        save(bench, 3);
        assertThat(bench.store().catalog().plan("pro", 1, Bench.soon()))
                .as("versions stay (R23)")
                .isPresent();
    }

    private static void save(Bench bench, long expected) {
        Plan plan = Plan.named("pro").displayName("v" + expected).build();
        bench.store().catalog().apply(new SavePlan(plan, expected, Change.by("test")), Bench.soon());
    }

    @RepeatedTest(5)
    @DisplayName("H5: while sixteen threads use, refuse and forget, no use is lost and no bound is passed")
    void forgettingRaces() {
        Bench bench = new Bench(bounded(40, 100_000).retention(Duration.ofSeconds(1)));
        List<List<Outcome>> outcomes = Crowd.run(16, thread -> () -> {
            List<Outcome> mine = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                Window second = new Window(bench.now(), bench.now().plusMillis(500));
                Line line = new Line("u" + (thread + i) % 16, "f", 1, Bench.terms(-1, second, Bench.NO_CATALOG));
                Line permanent =
                        new Line("u" + (thread + i) % 8, "p", 1, Bench.terms(-1, Window.PERMANENT, Bench.NO_CATALOG));
                mine.add(bench.run(Operation.POST, thread + "/" + i, line));
                mine.add(bench.run(Operation.RECORD, thread + "/" + i, permanent));
                if (i % 50 == 0 && thread == 0) {
                    bench.pass(Duration.ofMillis(400));
                }
            }
            return mine;
        });

        assertThat(bench.store().parts().meters().counters().alive()).isLessThanOrEqualTo(40);
        long permanent = 0;
        for (int i = 0; i < 8; i++) {
            permanent += bench.used("u" + i, "p", Window.PERMANENT);
        }
        assertThat(permanent)
                .isEqualTo(outcomes.stream()
                        .flatMap(List::stream)
                        .filter(outcome -> outcome instanceof Outcome.Accepted accepted
                                && accepted.verdicts().get(0).feature().equals("p"))
                        .count());
        assertThat(bench.store().ledger().verify(Bench.soon())).isEmpty();
        assertLeftoversMatch(bench);
    }

    /** Everything reserved is something kept: after the last window's retention only the permanent ones remain. */
    private static void assertLeftoversMatch(Bench bench) {
        bench.pass(DAY);
        bench.store().parts().meters().sweep(bench.now(), Integer.MAX_VALUE);
        long rows = 0;
        for (int i = 0; i < 8; i++) {
            rows += bench.used("u" + i, "p", Window.PERMANENT);
        }
        assertThat(bench.store().parts().meters().counters().alive()).isEqualTo(8);
        assertThat(bench.store().parts().meters().records().alive()).isEqualTo(rows);
        assertThat(bench.store().parts().meters().owners()).hasSize(8);
    }
}
