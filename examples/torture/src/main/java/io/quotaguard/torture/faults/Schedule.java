package io.quotaguard.torture.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** The faults of one round, each at a share of the round's calls. */
public record Schedule(List<Planned> faults) {
    private static final List<Fault> OF_EVERY_ROUND = List.of(
            Fault.KILL_JVM,
            Fault.KILL_JVM,
            Fault.KILL_BACKEND,
            Fault.KILL_POSTGRES,
            Fault.PAUSE_POSTGRES,
            Fault.CUT_POSTGRES,
            Fault.LOSE_REPLY_POSTGRES,
            Fault.LOSE_REPLY_POSTGRES,
            Fault.BLACK_HOLE_POSTGRES,
            Fault.TEAR_REPLY_POSTGRES,
            Fault.THROTTLE_POSTGRES,
            Fault.SLOW_POSTGRES,
            Fault.FULL_DISK,
            Fault.TOO_MANY_CONNECTIONS,
            Fault.KILL_REDIS,
            Fault.PAUSE_REDIS,
            Fault.CUT_REDIS,
            Fault.LOSE_REPLY_REDIS,
            Fault.LOSE_REPLY_REDIS,
            Fault.TEAR_REPLY_REDIS,
            Fault.BLACK_HOLE_REDIS,
            Fault.KILL_REDIS_UNPOSTED,
            Fault.KILL_REDIS_UNPOSTED,
            Fault.KILL_REDIS_UNPOSTED,
            Fault.KILL_JVM_IN_DELIVERY,
            Fault.KILL_JVM_IN_DELIVERY);

    /**
     * One fault to come.
     *
     * @param share of the round's calls after which it comes, 0 … 1
     * @param millis how long it lasts, where it lasts
     */
    public record Planned(Fault fault, double share, int millis) {}

    /**
     * Returns each fault of a round at its moment by the seed.
     *
     * @param possible tells which can be made here
     */
    public static Schedule of(long seed, Predicate<Fault> possible) {
        Random random = new Random(seed);
        List<Planned> faults = new ArrayList<>();
        for (Fault fault : OF_EVERY_ROUND) {
            Planned planned = new Planned(fault, 0.05 + 0.9 * random.nextDouble(), 200 + random.nextInt(1_300));
            if (possible.test(fault)) {
                faults.add(planned);
            }
        }
        faults.sort(Comparator.comparingDouble(Planned::share));
        return new Schedule(List.copyOf(faults));
    }
}
