package io.quotaguard.memory;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.LocalStore;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome.Outcomes;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One unit is left, and two threads want it: one by the short way, one by the long. */
@JCStressTest
@Outcomes({
    @org.openjdk.jcstress.annotations.Outcome(
            id = {"1, 0, 2", "0, 1, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "One has it, and it is counted."),
    @org.openjdk.jcstress.annotations.Outcome(expect = Expect.FORBIDDEN, desc = "R1, R42 are broken.")
})
@State
public class MemoryTillStress {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Terms TERMS = new Terms(
            Standing.GRANTED,
            Limit.of(2),
            Limit.of(2),
            Thresholds.NONE,
            LimitSource.NONE,
            Window.PERMANENT,
            null,
            null,
            new CatalogVersion(0, null, 0, CatalogVersion.NOT_USED));
    private static final Line UNIT = new Line("ann", "calls", 1, TERMS);

    private final InMemoryQuotaStore store =
            InMemoryQuotaStore.builder().clock(() -> NOON).build();
    private final LocalStore.Till till = store.till("ann", "calls");

    public MemoryTillStress() {
        execute(Operation.RECORD, "first");
    }

    private Outcome execute(Operation operation, String key) {
        Command command = new Command(operation, key, List.of(UNIT), Map.of());
        return store.execute(List.of(command), Deadline.after(Duration.ofMinutes(1)))
                .get(0);
    }

    @Actor
    public void shortWay(III_Result result) {
        Decision decision = till.charge(UNIT, null);
        boolean allowed =
                decision == null ? execute(Operation.RECORD, "short") instanceof Outcome.Accepted : decision.allowed();
        result.r1 = allowed ? 1 : 0;
    }

    @Actor
    public void longWay(III_Result result) {
        result.r2 = execute(Operation.RECORD, "long") instanceof Outcome.Accepted ? 1 : 0;
    }

    @Arbiter
    public void counted(III_Result result) {
        Outcome looked = execute(Operation.CHECK, "look");
        result.r3 = (int) (looked instanceof Outcome.Refused refused
                        ? refused.verdicts()
                        : ((Outcome.Accepted) looked).verdicts())
                .get(0)
                .counter()
                .used();
    }
}
