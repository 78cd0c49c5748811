package io.quotaguard;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;

/** What callers do with one counter of 5 units: each answer tells the whole state of the counter, as far as one may see it. */
@Param(name = "units", gen = IntGen.class, conf = "1:3")
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public abstract class StoreOperations {
    static final String SUBJECT = "ann";
    static final String FEATURE = "calls";
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Terms TERMS = new Terms(
            Standing.GRANTED,
            Limit.of(5),
            Limit.of(5),
            Thresholds.DEFAULT,
            LimitSource.NONE,
            Window.PERMANENT,
            null,
            null,
            new CatalogVersion(0, null, 0, CatalogVersion.NOT_USED));

    static QuotaStore memory() {
        return InMemoryQuotaStore.builder().clock(() -> NOON).build();
    }

    /** Carries a command out. */
    abstract Outcome execute(Command command, Deadline deadline);

    @org.jetbrains.lincheck.datastructures.Operation
    public String use(@Param(name = "units") int amount, @Param(name = "key") int key) {
        return send(Operation.RECORD, "use " + key, amount, null);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public String check(@Param(name = "units") int amount) {
        return send(Operation.CHECK, "check", amount, null);
    }

    final String send(Operation operation, String key, int amount, @Nullable Target target) {
        Line line = new Line(SUBJECT, FEATURE, amount, TERMS);
        return told(execute(new Command(operation, key, List.of(line), Map.of(), target), Deadline.after(LONG)));
    }

    static Target hold(String key, @Nullable Duration ttl) {
        return new Target(KeyIdentity.of(SUBJECT, FEATURE, key), ttl);
    }

    private static String told(Outcome outcome) {
        if (outcome instanceof Outcome.Accepted accepted) {
            return (accepted.replayed() ? "again " : "done ") + counter(accepted.verdicts());
        } else if (outcome instanceof Outcome.Refused refused) {
            return "refused " + counter(refused.verdicts());
        }
        return outcome.getClass().getSimpleName();
    }

    private static String counter(List<Verdict> verdicts) {
        Verdict verdict = verdicts.get(0);
        return verdict.amount() + " of " + verdict.counter().used() + "+"
                + verdict.counter().held();
    }
}
