package io.quotaguard.memory;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The twin of {@link MemoryTillStress} whose counter has no lock: that both get the last unit has to be seen here. */
@JCStressTest
@Outcome(
        id = {"1, 0, 2", "0, 1, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "One has it.")
@Outcome(id = "1, 1, 2", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Planted: both have it, and one is lost.")
@Outcome(
        id = "1, 1, 3",
        expect = Expect.ACCEPTABLE_INTERESTING,
        desc = "Planted: both have it, and the limit is passed.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Not even planted.")
@State
public class PlantedStress {
    private static final int LIMIT = 2;
    private int used = 1;

    private int charge() {
        if (used + 1 > LIMIT) {
            return 0;
        }
        used++;
        return 1;
    }

    @Actor
    public void one(III_Result result) {
        result.r1 = charge();
    }

    @Actor
    public void other(III_Result result) {
        result.r2 = charge();
    }

    @Arbiter
    public void counted(III_Result result) {
        result.r3 = used;
    }
}
