package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Window;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Outcome.Stale;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Verifying terms in memory")
class StalenessTest {
    private static final Change CHANGE = Change.by("test");

    private final Bench bench = new Bench();

    private Outcome record(Terms terms) {
        return bench.run(Operation.RECORD, bench.newKey(), new Line("u", "f", 1, terms));
    }

    private void assertStale(Stale.Cause cause, Terms terms) {
        for (Operation operation : List.of(Operation.CHECK, Operation.RECORD, Operation.RESET)) {
            assertThat(bench.run(operation, "stale", new Line("u", "f", 1, terms)))
                    .as("%s", operation)
                    .isEqualTo(new Stale("u", cause, bench.now()));
        }
        assertThat(bench.store().parts().meters().isEmpty()).isTrue();
    }

    private void apply(CatalogCommand command) {
        assertThat(bench.store().catalog().apply(command, Bench.soon())).isInstanceOf(CatalogOutcome.Applied.class);
    }

    private void save(String code, long expected) {
        Plan plan = Plan.named(code).limit("f", 10, ResetPeriod.DAILY).build();
        apply(new CatalogCommand.SavePlan(plan, expected, CHANGE));
    }

    @Test
    @DisplayName("R14, R19: a window that is over, and one that has not begun, are stale by the store's clock")
    void outsideTheWindow() {
        Window window = Bench.DAY;
        bench.pass(Duration.between(bench.now(), window.end()));
        assertStale(Stale.Cause.CLOCK, Bench.terms(10, window, Bench.NO_CATALOG));

        bench.pass(Duration.ofNanos(-1));
        assertThat(record(Bench.terms(10, window, Bench.NO_CATALOG))).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    @DisplayName("R19: a window that has not begun is stale")
    void beforeTheWindow() {
        assertStale(
                Stale.Cause.CLOCK, Bench.terms(10, Bench.day(bench.now().plus(Duration.ofDays(1))), Bench.NO_CATALOG));
    }

    @Test
    @DisplayName("R24: terms end at their exact instant")
    void pastTheEndOfTerms() {
        assertThat(record(Bench.until(bench.now().plusNanos(1), bench.terms(10))))
                .isInstanceOf(Outcome.Accepted.class);
        assertThat(record(Bench.until(bench.now(), bench.terms(10))))
                .isEqualTo(new Stale("u", Stale.Cause.CLOCK, bench.now()));
    }

    @Test
    @DisplayName("R25: another revision of the subject's own entries is stale")
    void subjectMoved() {
        apply(new CatalogCommand.SaveOverride("u", "f", FeatureOverride.ofLimit("u", "f", 5), 0, List.of(), CHANGE));

        assertStale(Stale.Cause.CATALOG, bench.terms(10));
        assertThat(record(Bench.terms(10, Bench.DAY, new CatalogVersion(1, null, 0, CatalogVersion.NOT_USED))))
                .isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    @DisplayName("R25: another version of the plan is stale")
    void planMoved() {
        save("pro", 0);
        CatalogVersion first = new CatalogVersion(0, "pro", 1, CatalogVersion.NOT_USED);
        assertThat(bench.run(Operation.CHECK, "k", new Line("u", "f", 1, Bench.terms(10, Bench.DAY, first))))
                .isInstanceOf(Outcome.Accepted.class);
        save("pro", 1);

        assertStale(Stale.Cause.CATALOG, Bench.terms(10, Bench.DAY, first));
    }

    @Test
    @DisplayName("R25: another choice of default plan is stale for who depends on it, and for nobody else")
    void defaultPlanMoved() {
        save("free", 0);
        apply(new CatalogCommand.SaveDefaultPlan("free", CHANGE));

        assertStale(Stale.Cause.CATALOG, Bench.terms(10, Bench.DAY, new CatalogVersion(0, null, 0, 0)));
        assertThat(record(bench.terms(10))).isInstanceOf(Outcome.Accepted.class);
        assertThat(record(Bench.terms(10, Bench.DAY, new CatalogVersion(0, "free", 1, 1))))
                .isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    @DisplayName("R3, R25: one stale line makes the whole command stale, and charges none")
    void oneStaleLine() {
        Line good = new Line("a", "f", 1, bench.terms(10));
        Line stale = new Line("b", "f", 1, Bench.terms(10, Bench.DAY, new CatalogVersion(7, null, 0, -1)));

        assertThat(bench.run(Operation.RECORD, "k", good, stale))
                .isEqualTo(new Stale("b", Stale.Cause.CATALOG, bench.now()));
        assertThat(bench.store().parts().meters().isEmpty()).isTrue();
    }
}
