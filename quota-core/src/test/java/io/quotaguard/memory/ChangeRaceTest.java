package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.Await;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Changes of the catalog among decisions in memory")
class ChangeRaceTest {
    private static final int ROUNDS = 4_000;

    private final Bench bench = new Bench();
    /** So that a test in which the two never met does not pass. */
    private final AtomicInteger accepted = new AtomicInteger();

    private void apply(CatalogCommand command) {
        CatalogOutcome outcome = bench.store().catalog().apply(command, Bench.soon());
        assertThat(outcome).isInstanceOf(Applied.class);
    }

    private Outcome run(Operation operation, String subject, CatalogVersion version) {
        return bench.run(operation, bench.newKey(), new Line(subject, "f", 1, Bench.terms(-1, Bench.DAY, version)));
    }

    private void use(String subject, CatalogVersion version) {
        Outcome outcome = run(Operation.RECORD, subject, version);
        if (outcome instanceof Outcome.Accepted) {
            accepted.incrementAndGet();
        } else {
            assertThat(outcome).isInstanceOf(Outcome.Stale.class);
        }
    }

    private long used(String subject, CatalogVersion version) {
        return bench.accepted(run(Operation.CHECK, subject, version))
                .verdicts()
                .get(0)
                .counter()
                .used();
    }

    private static CatalogVersion revision(long revision) {
        return new CatalogVersion(revision, null, 0, CatalogVersion.NOT_USED);
    }

    @Test
    @DisplayName("R25: a plan's edit is answered when nobody decides by the version before any more")
    void planEditWaitsForDecisions() throws Exception {
        Plan plan = Plan.named("pro").limit("f", 10, ResetPeriod.DAILY).build();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        GracePeriod grace = bench.store().parts().grace();
        int deciding = grace.enter();
        try {
            Future<?> edit = executor.submit(() -> apply(new SavePlan(plan, 0, Change.by("test"))));
            Await.until(
                    "whoever begins now decides by it",
                    () -> bench.store().catalog().plan("pro", Bench.soon()).isPresent());
            assertThat(edit).isNotDone();
            grace.leave(deciding);
            edit.get(20, TimeUnit.SECONDS);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    @DisplayName("R25, R30: a first use under the old limit is either before the cut, which fires for it, or stale")
    void subjectChange() {
        Crowd.lockstep(
                ROUNDS,
                i -> {
                    String subject = "u" + i;
                    Line realigned = new Line(subject, "f", 0, Bench.terms(1, Bench.DAY, revision(1)));
                    FeatureOverride override = FeatureOverride.ofLimit(subject, "f", 1);
                    apply(new SaveOverride(subject, "f", override, 0, List.of(realigned), Change.by("test")));
                },
                i -> use("u" + i, revision(0)));

        for (int i = 0; i < ROUNDS; i++) {
            List<Alert> alerts =
                    bench.store().alerts().list(Optional.of("u" + i), AlertStore.Which.ALL, 0, 10, Bench.soon());
            assertThat(alerts).as("round %s", i).hasSize(used("u" + i, revision(1)) == 0 ? 0 : 3);
        }
        assertThat(accepted.get()).isBetween(1, ROUNDS - 1);
    }
}
