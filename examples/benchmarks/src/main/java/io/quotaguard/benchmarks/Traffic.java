package io.quotaguard.benchmarks;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What callers ask for: who, how much, and what the answer has to be. Safe for use by several threads. */
final class Traffic {
    private static final double ZIPF_EXPONENT = 0.99;
    private static final double MIXED_REFUSALS = 0.3;
    private static final long SEED = 5;

    private final Shape shape;
    private final Outcome outcome;
    private final Subjects subjects;
    /** By rank, the part of all calls that go to subjects of this rank or a lower one; empty for other shapes. */
    private final double[] zipf;
    /** Who has which rank: neighbours by rank are not to be neighbours on a page too. */
    private final List<Integer> byRank;

    Traffic(Shape shape, Outcome outcome, Subjects subjects) {
        this.shape = shape;
        this.outcome = outcome;
        this.subjects = subjects;
        this.zipf = shape == Shape.ZIPF ? zipf(subjects.size()) : new double[0];
        this.byRank = IntStream.range(0, zipf.length).boxed().collect(Collectors.toList());
        Collections.shuffle(byRank, new Random(SEED));
    }

    /** Who is asked for. */
    enum Shape {
        /** Everyone as often as anyone else. */
        UNIFORM,
        /** Few very often, most hardly ever. */
        ZIPF,
        /** One subject alone. */
        HOT
    }

    /** What the answers are. */
    enum Outcome {
        ACCEPTED,
        /** The limit was exhausted before. */
        REFUSED,
        /** Of ten calls three ask for more than the limit. */
        MIXED
    }

    Shape shape() {
        return shape;
    }

    Outcome outcome() {
        return outcome;
    }

    int subject() {
        int number = switch (shape) {
            case UNIFORM -> ThreadLocalRandom.current().nextInt(subjects.size());
            case ZIPF -> byRank.get(rank(ThreadLocalRandom.current().nextDouble()));
            case HOT -> 0;
        };
        return outcome == Outcome.REFUSED ? subjects.size() + number : number;
    }

    long units() {
        boolean tooMuch =
                outcome == Outcome.MIXED && ThreadLocalRandom.current().nextDouble() < MIXED_REFUSALS;
        return tooMuch ? Subjects.TOO_MUCH : 1;
    }

    boolean allows(long units) {
        return outcome != Outcome.REFUSED && units < Subjects.TOO_MUCH;
    }

    @Override
    public String toString() {
        return OptionValue.word(shape) + ", " + OptionValue.word(outcome);
    }

    private int rank(double part) {
        int found = Arrays.binarySearch(zipf, part);
        return Math.min(found < 0 ? -found - 1 : found, zipf.length - 1);
    }

    private static double[] zipf(int size) {
        double[] sums = new double[size];
        double sum = 0;
        for (int rank = 0; rank < size; rank++) {
            sum += Math.pow(rank + 1, -ZIPF_EXPONENT);
            sums[rank] = sum;
        }
        for (int rank = 0; rank < size; rank++) {
            sums[rank] /= sum;
        }
        return sums;
    }
}
