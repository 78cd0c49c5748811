package io.quotaguard.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Cases that take turns, so that whatever else the machine does meanwhile meets all of them alike: each round measures
 * every case once, and every other round in the opposite order. Where many cases take part, each round may begin with the
 * case that was second in the last one instead, so that each of them meets every place.
 */
final class Rounds {
    private final int count;
    private final Consumer<List<?>> nextOrder;

    Rounds(int count) {
        this(count, Collections::reverse);
    }

    private Rounds(int count, Consumer<List<?>> nextOrder) {
        this.count = count;
        this.nextOrder = nextOrder;
    }

    /** Rounds of which each begins one case further on. */
    static Rounds rotating(int count) {
        return new Rounds(count, order -> Collections.rotate(order, -1));
    }

    /** Measures one case once. */
    @FunctionalInterface
    interface Measurement<C, R> {
        R of(C measured) throws InterruptedException;
    }

    /** Returns the results of every case, one per round, in the rounds' order. */
    <C, R> Map<C, List<R>> interleave(List<C> cases, Measurement<C, R> measurement) throws InterruptedException {
        Map<C, List<R>> results = new LinkedHashMap<>();
        List<C> order = new ArrayList<>(cases);
        for (int round = 0; round < count; round++) {
            for (C each : order) {
                R result = measurement.of(each);
                results.computeIfAbsent(each, first -> new ArrayList<>()).add(result);
            }
            nextOrder.accept(order);
        }
        return results;
    }
}
