package io.quotaguard.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One option of a command line with what it says.
 *
 * @param name with its dashes
 * @param text as it was written; empty for a flag
 */
record OptionValue(String name, String text) {
    /** Reads a command line: each option has a value, except the flags. */
    static List<OptionValue> read(Set<String> flags, String... args) {
        Stream.Builder<OptionValue> found = Stream.builder();
        Iterator<String> words = Arrays.asList(args).iterator();
        while (words.hasNext()) {
            String name = words.next();
            if (!flags.contains(name) && !words.hasNext()) {
                throw new UsageException(name + " needs a value");
            }
            found.add(new OptionValue(name, flags.contains(name) ? "" : words.next()));
        }
        return found.build().toList();
    }

    UsageException unknown() {
        return new UsageException("there is no option " + name + "; --help lists them");
    }

    int count() {
        return count(text);
    }

    /** Returns whole numbers between commas. */
    List<Integer> counts() {
        return parts(this::count);
    }

    double number() {
        return number(text);
    }

    Duration seconds() {
        return Duration.ofNanos(Math.round(number() * 1e9));
    }

    /** Returns those of the choices that are named between commas. */
    <T extends Enum<T>> List<T> anyOf(List<T> choices) {
        return anyOf(choices, OptionValue::word);
    }

    /** Returns those of the choices whose words stand between commas. */
    <T> List<T> anyOf(List<T> choices, Function<T, String> word) {
        return parts(part -> choices.stream()
                .filter(each -> word.apply(each).equals(part))
                .findFirst()
                .orElseThrow(() -> new UsageException(name + " is of "
                        + choices.stream().map(word).collect(Collectors.joining(",")) + ", not " + part)));
    }

    /** Returns what stands between commas, each once. */
    <T> List<T> parts(Function<String, T> reading) {
        return Arrays.stream(text.split(",", -1)).map(reading).distinct().toList();
    }

    /** Returns a constant's name as it is written on a command line and in reports. */
    static String word(Enum<?> choice) {
        return word(choice.name());
    }

    static String word(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private int count(String part) {
        double number = number(part);
        if (number != (int) number) {
            throw new UsageException(name + " is a whole number, not " + part);
        }
        return (int) number;
    }

    private double number(String part) {
        try {
            double number = Double.parseDouble(part);
            if (number > 0 && number <= Integer.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number out of range.
        }
        throw new UsageException(name + " is a number above 0, not " + part);
    }
}
