package io.quotaguard.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * One figure over several rounds.
 *
 * @param lowest of any round
 * @param median of the rounds
 * @param highest of any round
 */
record Spread(double lowest, double median, double highest) {
    static <T> Spread of(Collection<T> rounds, ToDoubleFunction<T> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("a spread needs at least one round");
        }
        return new Spread(sorted[0], median(sorted), sorted[sorted.length - 1]);
    }

    /** Returns a figure as a part of the same round's figure of another. */
    static <T> Spread ofRatios(List<T> rounds, List<T> others, ToDoubleFunction<T> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds.size(); round++) {
            ratios.add(figure.applyAsDouble(rounds.get(round)) / figure.applyAsDouble(others.get(round)));
        }
        return of(ratios, Double::doubleValue);
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns the median with the range behind it, such as {@code 1.02 (0.97-1.10)}. */
    @Override
    public String toString() {
        return text(median) + " (" + text(lowest) + "-" + text(highest) + ")";
    }

    /** Returns about three digits of a figure, and all of those before the point; a dash for one that is not known. */
    static String text(double figure) {
        if (Double.isNaN(figure)) {
            return "-";
        }
        double size = Math.abs(figure);
        String format = size >= 100 || figure == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.01 ? "%.2f" : "%.5f";
        return String.format(Locale.ROOT, format, figure);
    }
}
