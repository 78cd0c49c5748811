package io.quotaguard.plan;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Entitlement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a change of plans, subscriptions or overrides would do, worked out before anything is changed. Immutable.
 *
 * <p>It is as of one moment: whoever uses something meanwhile moves on from it.
 *
 * @param subjects how many subjects the change concerns
 * @param overLimit how many of them would have used more than they may, and would be refused until the reset (R21)
 * @param fires how many alerts would fire, by threshold in percent (R30)
 * @param rearms how many alerts would be armed again, by threshold in percent (R29)
 * @param impacts the features that it would matter to, by subject and feature; at most {@link #MAX_IMPACTS}
 */
public record Preview(
        long subjects, long overLimit, Map<Integer, Long> fires, Map<Integer, Long> rearms, List<Impact> impacts) {
    /** The most impacts that are listed; the numbers count all of them. */
    public static final int MAX_IMPACTS = 1000;

    public Preview {
        fires = Map.copyOf(new TreeMap<>(fires));
        rearms = Map.copyOf(new TreeMap<>(rearms));
        impacts = List.copyOf(impacts);
    }

    /**
     * What the change would do to one feature of one subject.
     *
     * @param subject whose
     * @param feature which
     * @param at when it would take effect
     * @param before what the subject may do now
     * @param after what it may do from {@code at} on
     * @param counter units used and held in the window that counts then
     * @param fires the thresholds whose alerts would fire, in percent, ascending
     * @param rearms the thresholds whose alerts would be armed again, in percent, ascending
     */
    public record Impact(
            String subject,
            String feature,
            Instant at,
            Entitlement before,
            Entitlement after,
            Counter counter,
            List<Integer> fires,
            List<Integer> rearms) {
        public Impact {
            fires = List.copyOf(fires);
            rearms = List.copyOf(rearms);
        }

        /** Returns the units that would be left, never negative; empty when unlimited. */
        public OptionalLong remaining() {
            return after.limit().remaining(counter.taken());
        }

        /** Tells whether more is used than may be, so that every use would be refused until the reset (R21). */
        public boolean overLimit() {
            return !after.overage().ceiling(after.limit()).admits(counter.taken(), 0) || lost();
        }

        private boolean lost() {
            return after.standing() != before.standing() && counter.taken() > 0;
        }
    }
}
