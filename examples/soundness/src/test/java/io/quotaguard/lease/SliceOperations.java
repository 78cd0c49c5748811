package io.quotaguard.lease;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Terms;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;

/** What threads of a node do with a slice: callers spend, and the poster takes off. */
@Param(name = "units", gen = IntGen.class, conf = "1:3")
public abstract class SliceOperations {
    static final int MOST_WAITING = 3;
    static final long UNITS = 5;
    static final long STOP_NANOS = 100;

    /** Spends; returns null when it cannot. */
    abstract @Nullable Decision spend(Spent use);

    /** Returns the uses taken off. */
    abstract Slice.Taken take(long keep);

    static Slice slice(LongSupplier nanoTime) {
        Terms terms = new Terms(
                Standing.GRANTED,
                Limit.of(100),
                Limit.of(100),
                Thresholds.DEFAULT,
                LimitSource.NONE,
                Window.PERMANENT,
                null,
                null,
                new CatalogVersion(0, null, 0, 0));
        Line line = new Line("ann", "calls", UNITS, terms);
        return new Slice(
                new Slice.Hold(
                        new UUID(1, 2),
                        "hold",
                        line,
                        line.verdict(null, new Counter(0, UNITS), 0, 0, null),
                        0,
                        STOP_NANOS),
                nanoTime);
    }

    /** Returns how much it left, by the decision; -1 for none. */
    @Operation
    public long spend(@Param(name = "units") int amount) {
        Decision decision = spend(new Spent("key", amount, Map.of()));
        return decision == null ? -1 : decision.held();
    }

    /** Returns the amounts of the uses taken off, and what is left. */
    @Operation
    public String take(@Param(name = "units") int keep) {
        Slice.Taken taken = take((long) keep);
        List<Long> amounts = taken.uses().stream().map(use -> use.amount()).toList();
        return amounts + " " + taken.left();
    }
}
