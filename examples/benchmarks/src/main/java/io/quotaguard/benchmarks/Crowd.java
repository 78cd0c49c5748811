package io.quotaguard.benchmarks;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * The subscribers of one plan: {@code PLAN-0}, {@code PLAN-1} and so on.
 *
 * @param plan the plan's code
 * @param size how many they are
 */
record Crowd(String plan, int size) {
    Crowd {
        if (size < 1) {
            throw new IllegalArgumentException("a crowd of " + size);
        }
    }

    String subject(int number) {
        return plan + "-" + number;
    }

    List<String> everyone() {
        return IntStream.range(0, size).mapToObj(this::subject).toList();
    }

    String anyone() {
        return subject(ThreadLocalRandom.current().nextInt(size));
    }

    /** The first few of them. */
    Crowd first(int count) {
        return new Crowd(plan, Math.min(count, size));
    }
}
