package io.quotaguard.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What the command line of the plan change asks for.
 *
 * @param stores to measure, one after the other
 * @param subscribers of the largest plan
 * @param threads that call
 * @param rounds in which each kind of window comes once
 * @param window how long one window of calls lasts
 * @param edits how often the plan is edited in a window with edits
 * @param help whether to explain instead
 */
record PlanChangeOptions(
        List<Store> stores, int subscribers, int threads, int rounds, Duration window, Duration edits, boolean help) {
    static final PlanChangeOptions DEFAULT = new PlanChangeOptions(
            List.of(Store.values()), 1_000_000, 8, 5, Duration.ofSeconds(4), Duration.ofMillis(500), false);

    static final String HELP = """
            What an edit of a plan costs, by the number of its subscribers, and what callers notice of it.

              --store postgres|memory   the store to measure; both, one after the other, unless given
              --subscribers N           subscribers of the largest plan; 1000000 unless given
              --threads N               threads that call; 8 unless given
              --rounds N                how often everything is measured; 5 unless given
              --seconds N               how long one window of calls lasts; 4 unless given
              --edit-millis N           from one edit to the next in a window with edits; 500 unless given
              --help                    this text
            """;

    /** Where quotas are kept. */
    enum Store {
        POSTGRES,
        MEMORY
    }

    static PlanChangeOptions parse(String... args) {
        PlanChangeOptions options = DEFAULT;
        Iterator<String> words = Arrays.asList(args).iterator();
        while (words.hasNext()) {
            String name = words.next();
            options = name.equals("--help") ? options.withHelp() : options.with(name, value(name, words));
        }
        return options;
    }

    private PlanChangeOptions with(String name, String value) {
        return switch (name) {
            case "--store" ->
                new PlanChangeOptions(List.of(store(value)), subscribers, threads, rounds, window, edits, help);
            case "--subscribers" ->
                new PlanChangeOptions(stores, number(name, value), threads, rounds, window, edits, help);
            case "--threads" ->
                new PlanChangeOptions(stores, subscribers, number(name, value), rounds, window, edits, help);
            case "--rounds" ->
                new PlanChangeOptions(stores, subscribers, threads, number(name, value), window, edits, help);
            case "--seconds" ->
                new PlanChangeOptions(
                        stores, subscribers, threads, rounds, Duration.ofSeconds(number(name, value)), edits, help);
            case "--edit-millis" ->
                new PlanChangeOptions(
                        stores, subscribers, threads, rounds, window, Duration.ofMillis(number(name, value)), help);
            default -> throw new UsageException("there is no option " + name + "; --help lists them");
        };
    }

    private PlanChangeOptions withHelp() {
        return new PlanChangeOptions(stores, subscribers, threads, rounds, window, edits, true);
    }

    private static String value(String name, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new UsageException(name + " needs a value");
        }
        return words.next();
    }

    private static Store store(String text) {
        return switch (text) {
            case "memory" -> Store.MEMORY;
            case "postgres" -> Store.POSTGRES;
            default -> throw new UsageException("--store is memory or postgres, not " + text);
        };
    }

    private static int number(String name, String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number out of range.
        }
        throw new UsageException(name + " is a number from 1 on, not " + text);
    }
}
