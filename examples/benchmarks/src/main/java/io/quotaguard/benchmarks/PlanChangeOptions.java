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
 * @param rounds how often everything is measured
 * @param times how long and how often within a round
 */
record PlanChangeOptions(List<Store> stores, int subscribers, int threads, int rounds, Times times) {
    static final String HELP = """
            What an edit of a plan costs, by the number of its subscribers, and what callers notice of it.

              --store postgres|memory   the store to measure; both, one after the other, unless given
              --subscribers N           subscribers of the largest plan; 1000000 unless given
              --threads N               threads that call; 8 unless given
              --rounds N                how often everything is measured; 5 unless given
              --seconds N               how long one window of calls lasts, such as 0.5; 4 unless given
              --edit-seconds N          from one edit to the next in a window with edits; 0.5 unless given
              --edits N                 edits of each plan in a round without calls; 10 unless given
              --help                    this text
            """;

    /** Where quotas are kept. */
    enum Store {
        POSTGRES,
        MEMORY
    }

    /**
     * The pace within a round.
     *
     * @param window how long one window of calls lasts
     * @param betweenEdits in a window with edits
     * @param edits of each plan, one after the other, while nobody calls
     */
    record Times(Duration window, Duration betweenEdits, int edits) {}

    static PlanChangeOptions parse(String... args) {
        Words words = new Words();
        Iterator<String> each = Arrays.asList(args).iterator();
        while (each.hasNext()) {
            String name = each.next();
            if (!each.hasNext()) {
                throw new UsageException(name + " needs a value");
            }
            words.take(name, each.next());
        }
        Times times = new Times(seconds(words.seconds), seconds(words.editSeconds), words.edits);
        return new PlanChangeOptions(words.stores, words.subscribers, words.threads, words.rounds, times);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** What was read so far, with what holds unless it is given. */
    private static final class Words {
        private List<Store> stores = List.of(Store.values());
        private int subscribers = 1_000_000;
        private int threads = 8;
        private int rounds = 5;
        private double seconds = 4;
        private double editSeconds = 0.5;
        private int edits = 10;

        void take(String name, String value) {
            switch (name) {
                case "--store" -> stores = List.of(store(value));
                case "--subscribers" -> subscribers = count(name, value);
                case "--threads" -> threads = count(name, value);
                case "--rounds" -> rounds = count(name, value);
                case "--seconds" -> seconds = number(name, value);
                case "--edit-seconds" -> editSeconds = number(name, value);
                case "--edits" -> edits = count(name, value);
                default -> throw new UsageException("there is no option " + name + "; --help lists them");
            }
        }

        private static Store store(String text) {
            return switch (text) {
                case "memory" -> Store.MEMORY;
                case "postgres" -> Store.POSTGRES;
                default -> throw new UsageException("--store is memory or postgres, not " + text);
            };
        }

        private static int count(String name, String text) {
            double number = number(name, text);
            if (number != (int) number) {
                throw new UsageException(name + " is a whole number, not " + text);
            }
            return (int) number;
        }

        private static double number(String name, String text) {
            try {
                double number = Double.parseDouble(text);
                if (number > 0 && number <= Integer.MAX_VALUE) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Answered below, like a number out of range.
            }
            throw new UsageException(name + " is a number above 0, not " + text);
        }
    }
}
