package io.quotaguard.torture.load;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Moves the limit that everybody is charged against around what is used: so it is below it now and then, reached soon, or just
 * not, however fast the store is.
 * Changes come by the number of calls, not by time: a slow store would else be changed more than it is used, and never be full.
 */
public final class PlanChanger {
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Caller caller;
    private final World world;
    private final String name;
    private final Random random;
    private final int callsBetween;
    private long used = World.FIRST_HOT_LIMIT;
    private int keys;

    /** @param callsBetween two changes, on average */
    public PlanChanger(Caller caller, World world, String name, long seed, int callsBetween) {
        this.callsBetween = callsBetween;
        this.caller = caller;
        this.world = world;
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
        long found = caller.used(world.hot(random.nextInt(world.hotSubjects())), World.HOT);
        used = found < 0 ? used : found;
        // More often above than below, so that there is always some work.
        long limit = Math.max(1, used - callsBetween / 2 + random.nextInt(2 * callsBetween));
        caller.changePlan(name + "-" + keys, World.MOVING, World.HOT, limit);
    }
}
