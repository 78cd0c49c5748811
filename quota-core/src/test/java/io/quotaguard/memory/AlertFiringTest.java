package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Firing alerts in memory")
class AlertFiringTest {
    private final Bench bench = new Bench();
    private long revision;

    private List<Integer> use(long amount, long limit) {
        return use(amount, bench.terms(limit));
    }

    private List<Integer> use(long amount, Terms terms) {
        Terms known = Bench.terms(
                terms.limit().units(), terms.window(), new CatalogVersion(revision, null, 0, CatalogVersion.NOT_USED));
        return Bench.fired(bench.run(Operation.RECORD, bench.newKey(), new Line("u", "f", amount, known)));
    }

    private List<Alert> all() {
        return bench.store().alerts().list(Optional.of("u"), AlertStore.Which.ALL, 0, 100, Bench.soon());
    }

    private List<Integer> overrideTo(long limit) {
        CatalogVersion after = new CatalogVersion(revision + 1, null, 0, CatalogVersion.NOT_USED);
        CatalogOutcome outcome = bench.store()
                .catalog()
                .apply(
                        new SaveOverride(
                                "u",
                                "f",
                                FeatureOverride.ofLimit("u", "f", limit),
                                revision++,
                                List.of(new Line("u", "f", 0, Bench.terms(limit, Bench.day(bench.now()), after))),
                                Change.by("test")),
                        Bench.soon());
        assertThat(outcome).isInstanceOf(Applied.class);
        return ((Applied) outcome).alerts().stream().map(Alert::threshold).toList();
    }

    @Test
    @DisplayName("R26: 79 of 100 fires nothing, 80 fires 80 %; 94 nothing more, 95 fires 95 %")
    void exactBoundary() {
        assertThat(use(79, 100)).isEmpty();
        assertThat(use(1, 100)).containsExactly(80);
        assertThat(use(14, 100)).isEmpty();
        assertThat(use(1, 100)).containsExactly(95);
    }

    @Test
    @DisplayName("R27: a jump from 0 to 100 fires 80, 95, 100 once each, frozen as they were decided")
    void jump() {
        assertThat(use(100, 100)).containsExactly(80, 95, 100);

        assertThat(all()).extracting(Alert::threshold).containsExactly(80, 95, 100);
        assertThat(all()).extracting(Alert::id).isSorted().doesNotHaveDuplicates();
        assertThat(all()).allSatisfy(alert -> {
            assertThat(alert.used()).isEqualTo(100);
            assertThat(alert.limit()).isEqualTo(Limit.of(100));
            assertThat(alert.window()).isEqualTo(Bench.DAY);
            assertThat(alert.generation()).isZero();
            assertThat(alert.firedAt()).isEqualTo(bench.now());
            assertThat(alert.sent()).isFalse();
        });
    }

    @Test
    @DisplayName("R29: a reset re-arms in a new generation and fires nothing; a new window starts armed")
    void rearmByResetAndWindow() {
        use(100, 100);
        assertThat(Bench.fired(bench.reset("u", "reset", 100))).isEmpty();
        assertThat(use(80, 100)).containsExactly(80);
        assertThat(all()).extracting(Alert::generation).containsExactly(0L, 0L, 0L, 1L);

        bench.pass(Duration.ofDays(1));
        assertThat(use(100, 100)).containsExactly(80, 95, 100);
        assertThat(all()).extracting(Alert::generation).endsWith(0L, 0L, 0L);
    }

    @Test
    @DisplayName("R29: an override that raises the limit re-arms what usage fell below, and only that")
    void rearmByOverride() {
        use(100, 100);
        assertThat(overrideTo(120)).as("83 %: 95 and 100 are armed again").isEmpty();
        assertThat(use(14, 120)).containsExactly(95);
        assertThat(use(6, 120)).containsExactly(100);
        assertThat(all()).extracting(Alert::generation).containsExactly(0L, 0L, 0L, 1L, 1L);
    }

    @Test
    @DisplayName("R30: an upgrade after which usage still reaches a threshold does not repeat it")
    void noRepeatAfterUpgrade() {
        use(96, 100);
        assertThat(overrideTo(101)).isEmpty();
        assertThat(use(1, 101)).isEmpty();
        assertThat(all()).hasSize(2);
    }

    @Test
    @DisplayName("R30: a lowered limit that crosses thresholds fires them in the change itself")
    void loweredLimitFires() {
        use(50, 100);
        assertThat(overrideTo(50)).containsExactly(80, 95, 100);
        assertThat(all()).extracting(Alert::limit).containsOnly(Limit.of(50));
        assertThat(overrideTo(40)).isEmpty();
    }

    @Test
    @DisplayName("R29, R30: a limit that went up and down without a use in between fires again in a new generation")
    void upAndDownFiresAgain() {
        use(100, 100);
        assertThat(overrideTo(1000)).isEmpty();
        assertThat(overrideTo(100)).containsExactly(80, 95, 100);
        assertThat(all()).extracting(Alert::generation).containsExactly(0L, 0L, 0L, 1L, 1L, 1L);
    }

    @Test
    @DisplayName("R29: a plan's edit re-arms at the next use, when no change of the subject's own told the store")
    void rearmAtNextUse() {
        use(100, 100);
        assertThat(use(1, 1000)).isEmpty();
        assertThat(use(699, 1000)).containsExactly(80);
        assertThat(all()).extracting(Alert::generation).endsWith(1L);
    }

    @Test
    @DisplayName("R29: a threshold that an edit lifted above the usage fires again when the next use climbs to it")
    void climbsToALiftedThreshold() {
        use(100, 100);
        assertThat(use(10, 130)).as("77 % before, 85 % after").containsExactly(80);
        assertThat(all()).extracting(Alert::generation).endsWith(1L);
    }

    @Test
    @DisplayName("R31: unlimited fires nothing and re-arms; zero neither fires nor re-arms")
    void unlimitedAndZero() {
        use(90, 100);
        assertThat(overrideTo(0)).isEmpty();
        assertThat(overrideTo(100)).as("zero kept 80 % fired").isEmpty();
        assertThat(overrideTo(-1)).isEmpty();
        assertThat(use(1_000_000, -1)).isEmpty();
        assertThat(overrideTo(100)).containsExactly(80, 95, 100);
        assertThat(all()).extracting(Alert::generation).containsExactly(0L, 1L, 1L, 1L);
    }

    @Test
    @DisplayName("R32: a use posted into a closed window leaves the alerts of all windows alone")
    void lateEntry() {
        use(70, 100);
        Line late = new Line("u", "f", 30, bench.terms(100));
        bench.pass(Duration.ofDays(1));
        use(70, 100);

        assertThat(Bench.fired(bench.run(Operation.POST, "late", late))).isEmpty();
        assertThat(all()).isEmpty();
        assertThat(use(10, 100)).containsExactly(80);
    }

    @Test
    @DisplayName("R43, R28: a use posted into the current window fires like any other")
    void postIntoCurrentWindow() {
        Line line = new Line("u", "f", 120, bench.terms(100));
        assertThat(Bench.fired(bench.run(Operation.POST, "p", line))).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R27: any set of thresholds up to 1000 % fires, each once, also when the set is changed meanwhile")
    void anyThresholds() {
        Terms some = Bench.thresholds(bench.terms(-1), 1);
        assertThat(Bench.fired(bench.run(Operation.RECORD, "1", new Line("u", "f", 50, some))))
                .isEmpty();
        Terms few = Bench.thresholds(bench.terms(100), 10, 50);
        assertThat(Bench.fired(bench.run(Operation.RECORD, "2", new Line("u", "f", 1, few))))
                .containsExactly(10, 50);
        Terms others = Bench.thresholds(bench.terms(100), 20, 50, 1000);
        assertThat(Bench.fired(bench.run(Operation.RECORD, "3", new Line("u", "f", 1, others))))
                .containsExactly(20);
        assertThat(Bench.fired(bench.run(Operation.POST, "4", new Line("u", "f", 950, others))))
                .containsExactly(1000);
    }
}
