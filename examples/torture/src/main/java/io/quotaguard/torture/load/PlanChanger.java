package io.quotaguard.torture.load;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Raises and lowers the limit that everybody is charged against; more often up than down, so that there is always some work. */
public final class PlanChanger {
    private final Caller caller;
    private final String name;
    private final Random random;
    private final int pauseMillis;
    private long limit = World.FIRST_HOT_LIMIT;
    private int keys;

    /** @param pauseMillis between two changes, on average */
    public PlanChanger(Caller caller, String name, long seed, int pauseMillis) {
        this.pauseMillis = pauseMillis;
        this.caller = caller;
        this.name = name;
        this.random = new Random(seed);
    }

    public void run(BooleanSupplier stopped) {
        while (!stopped.getAsBoolean()) {
            step();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(2 * pauseMillis)));
        }
    }

    void step() {
        keys++;
        limit = Math.max(1, limit + random.nextInt(160) - 50);
        caller.changePlan(name + "-" + keys, World.MOVING, World.HOT, limit);
    }
}
