package io.quotaguard.lease;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Units;
import java.time.Duration;

/**
 * How large the slices are that a node takes of a leased feature, and for how long. Immutable; each method returns a changed
 * copy, and throws {@link InvalidQuotaArgumentException} for what breaks a rule.
 *
 * <p>Whatever the policy, no slice is larger than a sixteenth of what the window has left, so that near the limit they
 * shrink, and at last each use goes to the store by itself.
 *
 * @param smallest the units of the first slice, at least 1
 * @param largest the most units of one slice, at least {@code smallest}
 * @param life how long the store holds a slice at most: after that what a dead node held is free again; 1 ms … 1 h
 * @param margin how long before the end of its life the node stops spending a slice: the time it has to post what it
 *     spent, and how long it may be paused without harm; shorter than {@code life}
 * @param idle after how long without a use a slice goes back; 1 ms … {@code life}
 * @param maxUnposted how many uses of one subject and feature may wait for the ledger: what a crash can lose; at least 1
 */
public record SlicePolicy(long smallest, long largest, Duration life, Duration margin, Duration idle, int maxUnposted) {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LIFE = Duration.ofSeconds(10);
    private static final Duration MARGIN = Duration.ofSeconds(3);
    private static final Duration IDLE = Duration.ofMillis(100);
    private static final int MAX_UNPOSTED = 10_000;

    public SlicePolicy {
        requireUnits("smallest", smallest, 1);
        requireUnits("largest", largest, smallest);
        required("life", life);
        required("margin", margin);
        required("idle", idle);
        if (life.compareTo(SHORTEST) < 0 || life.compareTo(LONGEST) > 0) {
            throw InvalidQuotaArgumentException.of(
                    "R34", "life of a slice", life, "is not in " + SHORTEST + " … " + LONGEST);
        }
        if (margin.isNegative() || margin.compareTo(life) >= 0) {
            throw InvalidQuotaArgumentException.of(
                    "R34", "margin of a slice", margin, "is not in 0 … its life, " + life);
        }
        if (idle.compareTo(SHORTEST) < 0 || idle.compareTo(life) > 0) {
            throw InvalidQuotaArgumentException.of(
                    "R34", "idle time of a slice", idle, "is not in " + SHORTEST + " … its life, " + life);
        }
        if (maxUnposted < 1) {
            throw InvalidQuotaArgumentException.of("R42", "maxUnposted", maxUnposted, "is not positive");
        }
    }

    private static void requireUnits(String name, long units, long least) {
        if (units < least || units > Units.MAX) {
            throw InvalidQuotaArgumentException.of(
                    "R6", name + " slice", units, "is not in " + least + " … " + Units.MAX);
        }
    }

    /** Takes slices of {@code units}, or smaller ones near the limit. Held for 10 s, back after 100 ms without a use. */
    public static SlicePolicy fixed(long units) {
        return new SlicePolicy(units, units, LIFE, MARGIN, IDLE, MAX_UNPOSTED);
    }

    /**
     * Takes slices that follow the demand: none until four uses came within the idle time, four times larger when one is spent
     * within 100 ms, smaller when much of one goes back; 16 to 100,000 units. Held for 10 s, back after 100 ms without a use.
     */
    public static SlicePolicy adaptive() {
        return adaptive(16, 100_000);
    }

    /** Takes slices that follow the demand within bounds; see {@link #adaptive()}. */
    public static SlicePolicy adaptive(long smallest, long largest) {
        return new SlicePolicy(smallest, largest, LIFE, MARGIN, IDLE, MAX_UNPOSTED);
    }

    /** Returns this policy with another life; margin and idle time are cut to a third of it when they are longer. */
    public SlicePolicy life(Duration longest) {
        Duration third = required("life", longest).dividedBy(3);
        return new SlicePolicy(smallest, largest, longest, shorter(margin, third), shorter(idle, third), maxUnposted);
    }

    /** Tells whether the size of slices changes, and whether there are any, by how often they are used. */
    boolean followsDemand() {
        return smallest < largest;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    public SlicePolicy margin(Duration beforeEnd) {
        return new SlicePolicy(smallest, largest, life, beforeEnd, idle, maxUnposted);
    }

    public SlicePolicy idle(Duration unused) {
        return new SlicePolicy(smallest, largest, life, margin, unused, maxUnposted);
    }

    public SlicePolicy maxUnposted(int uses) {
        return new SlicePolicy(smallest, largest, life, margin, idle, uses);
    }
}
