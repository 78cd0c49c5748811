package io.quotaguard.lease;

import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two callers spend 2 of 5 units while the poster takes off: no use may come half written, twice or never. */
@JCStressTest
@Outcome(id = "1, 1, 4", expect = Expect.ACCEPTABLE, desc = "Both are told of, and posted once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "R42 is broken.")
@State
public class SliceStress {
    private final Slice slice = SliceOperations.slice(() -> 0);
    private long early;

    private int spend() {
        return slice.spend(new Spent("key", 2, Map.of()), SliceOperations.MOST_WAITING) == null ? 0 : 1;
    }

    private static long units(Slice.Taken taken) {
        return taken.uses().stream().mapToLong(use -> use.amount()).sum();
    }

    @Actor
    public void one(III_Result result) {
        result.r1 = spend();
    }

    @Actor
    public void other(III_Result result) {
        result.r2 = spend();
    }

    @Actor
    public void poster() {
        early = units(slice.take(SliceOperations.UNITS));
    }

    @Arbiter
    public void posted(III_Result result) {
        result.r3 = (int) (early + units(slice.take(0)));
    }
}
