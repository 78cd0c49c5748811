package io.quotaguard;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * Sends the calls of one counter that are under way at the same time through one lane, so that they keep their order and no
 * two shared round trips fight over it. The first lane takes all calls that fit into one batch, since a full batch costs
 * each of them least; a further one opens when there are more. Thread-safe.
 */
final class Lanes {
    private final Lane[] lanes;
    private final int fit;
    private final AtomicIntegerArray calls;
    private final Map<Counter, Place> places = new ConcurrentHashMap<>();

    /** Whose calls stay together. */
    private record Counter(String subject, String feature) {
        static Counter of(Command command) {
            Line line = command.lines().get(0);
            return new Counter(line.subject(), line.feature());
        }
    }

    /** The lane of a counter, and how many of its calls are in it. */
    private record Place(int lane, int calls) {}

    Lanes(Coalescing settings, IntFunction<Lane> lane) {
        lanes = new Lane[settings.flushers()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = lane.apply(i);
        }
        fit = settings.batchSize();
        calls = new AtomicIntegerArray(lanes.length);
    }

    /** Returns the lane that a call takes, until {@link #leave}. */
    Lane enter(Command command) {
        if (lanes.length == 1) {
            return lanes[0];
        }
        Place place = places.compute(
                Counter.of(command),
                (counter, others) ->
                        others == null ? new Place(choose(), 1) : new Place(others.lane(), others.calls() + 1));
        calls.incrementAndGet(place.lane());
        return lanes[place.lane()];
    }

    /** Says that a call which entered needs its lane no more. */
    void leave(Command command) {
        if (lanes.length > 1) {
            places.computeIfPresent(Counter.of(command), (counter, place) -> {
                calls.decrementAndGet(place.lane());
                return place.calls() == 1 ? null : new Place(place.lane(), place.calls() - 1);
            });
        }
    }

    private int choose() {
        int least = 0;
        for (int i = 0; i < lanes.length; i++) {
            if (calls.get(i) < fit) {
                return i;
            }
            least = calls.get(i) < calls.get(least) ? i : least;
        }
        return least;
    }

    boolean any(Predicate<Lane> test) {
        for (Lane lane : lanes) {
            if (test.test(lane)) {
                return true;
            }
        }
        return false;
    }
}
