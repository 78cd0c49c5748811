package io.quotaguard.lease;

import io.quotaguard.model.Verdict;
import java.util.concurrent.TimeUnit;

/** How large the next slice of one subject and feature is. Thread-safe. */
final class Sizing {
    /** No slice is larger than this part of what is left; so those of many nodes together leave room for others. */
    static final int PART_OF_ROOM = 16;

    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long UNKNOWN = -1;
    /** A slice costs two round trips, to be taken and to be posted: so there is none for fewer uses. */
    private static final int WORTH_A_SLICE = 4;

    private final SlicePolicy policy;
    private long wanted;
    private boolean busy;
    /** Uses that went straight one soon after another, and when the first of them was. */
    private int straight;

    private long straightSince;
    private long room = UNKNOWN;
    private long roomAt;

    Sizing(SlicePolicy policy) {
        this.policy = policy;
        this.wanted = policy.smallest();
        this.busy = !policy.followsDemand();
    }

    /** Learns from a use that went straight. */
    synchronized void wentStraight(Verdict verdict, long now) {
        learn(verdict, now);
        if (straight == 0 || now - straightSince > policy.idle().toNanos()) {
            straight = 0;
            straightSince = now;
        }
        straight++;
        busy = busy || straight >= WORTH_A_SLICE;
    }

    /** Learns from an answer of the store how many units were free just now. */
    synchronized void learn(Verdict verdict, long now) {
        room = verdict.remaining().orElse(Long.MAX_VALUE);
        roomAt = now;
    }

    /** Returns how many units to take for uses of {@code amount}; 0 when it is better to go straight. */
    synchronized long next(long amount, long now) {
        if (!busy || room == UNKNOWN || now - roomAt > policy.life().toNanos()) {
            return 0;
        }
        long size = Math.min(wanted, room / PART_OF_ROOM);
        return size < 2 || size < amount ? 0 : size;
    }

    /** Returns how many of {@code left} units a slice may keep now that others may need them. */
    synchronized long keep(long left) {
        if (room == UNKNOWN || room > Long.MAX_VALUE - left) {
            return left;
        }
        // A slice is not cut because a little was used since; only when it is far too large.
        long fair = (room + left) / PART_OF_ROOM;
        return left > 2 * fair ? fair : left;
    }

    /** Learns how a slice came to its end. */
    synchronized void ended(long units, long left, long nanos) {
        if (left > units / 2) {
            boolean tooMany = policy.followsDemand() && wanted == policy.smallest();
            busy = busy && !tooMany;
            straight = 0;
            wanted = Math.max(policy.smallest(), wanted / 2);
        } else if (units >= wanted && nanos < SLOW_NANOS) {
            wanted = Math.min(policy.largest(), wanted * (nanos < QUICK_NANOS ? 4 : 2));
        }
    }
}
