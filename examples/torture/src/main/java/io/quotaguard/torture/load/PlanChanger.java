package io.quotaguard.torture.load;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Raises and lowers the limit that everybody is charged against; more often up than down, so that there is always some work.
 * Changes come by the number of calls, not by time: a slow store would else be changed more than it is used, and never be full.
 */
public final class PlanChanger {
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Caller caller;
    private final String name;
    private final Random random;
    private final int callsBetween;
    private long limit = World.FIRST_HOT_LIMIT;
    private int keys;

    /** @param callsBetween two changes, on average */
    public PlanChanger(Caller caller, String name, long seed, int callsBetween) {
        this.callsBetween = callsBetween;
        this.caller = caller;
        this.name = name;
        this.random = new Random(seed);
    }

    /**
     * Changes the plan again and again.
     *
     * @param calls tells how many everybody has made
     */
    public void run(LongSupplier calls, BooleanSupplier stopped) {
        while (!stopped.getAsBoolean()) {
            step();
            long next = calls.getAsLong() + 1 + random.nextInt(2 * callsBetween);
            while (calls.getAsLong() < next && !stopped.getAsBoolean()) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    void step() {
        keys++;
        limit = Math.max(1, limit + random.nextInt(160) - 50);
        caller.changePlan(name + "-" + keys, World.MOVING, World.HOT, limit);
    }
}
