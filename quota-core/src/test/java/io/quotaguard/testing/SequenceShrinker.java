package io.quotaguard.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing sequence short: any part of it is a sequence too, so parts are left out as long as the rest still fails.
 *
 * <p>Delta debugging (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002), by complements.
 */
final class SequenceShrinker {
    /** Each attempt takes a fresh store. */
    private static final int MAX_ATTEMPTS = 500;

    private final Predicate<List<Step>> fails;
    private int attempts;

    SequenceShrinker(Predicate<List<Step>> fails) {
        this.fails = fails;
    }

    List<Step> shrink(List<Step> failing) {
        List<Step> shortest = failing;
        int size = Math.max(1, failing.size() / 2);
        while (attempts < MAX_ATTEMPTS) {
            List<Step> shorter = without(shortest, size);
            boolean shrunk = shorter.size() < shortest.size();
            shortest = shorter;
            if (!shrunk && size == 1) {
                break;
            }
            size = shrunk ? Math.min(size, shortest.size()) : size / 2;
        }
        return shortest;
    }

    /** Leaves out, from the end on, every part of {@code size} steps that is not needed. */
    private List<Step> without(List<Step> steps, int size) {
        List<Step> rest = steps;
        for (int to = steps.size(); to > 0; to -= size) {
            List<Step> shorter = new ArrayList<>(rest.subList(0, Math.max(0, to - size)));
            shorter.addAll(rest.subList(to, rest.size()));
            if (!shorter.isEmpty() && attempts++ < MAX_ATTEMPTS && fails.test(shorter)) {
                rest = shorter;
            }
        }
        return rest;
    }
}
