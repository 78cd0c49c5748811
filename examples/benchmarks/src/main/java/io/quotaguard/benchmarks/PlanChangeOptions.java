package io.quotaguard.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Set;

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
        OptionValue.read(Set.of(), args).forEach(words::take);
        Times times = new Times(words.window, words.betweenEdits, words.edits);
        return new PlanChangeOptions(words.stores, words.subscribers, words.threads, words.rounds, times);
    }

    /** What was read so far, with what holds unless it is given. */
    private static final class Words {
        private List<Store> stores = List.of(Store.values());
        private int subscribers = 1_000_000;
        private int threads = 8;
        private int rounds = 5;
        private Duration window = Duration.ofSeconds(4);
        private Duration betweenEdits = Duration.ofMillis(500);
        private int edits = 10;

        void take(OptionValue option) {
            switch (option.name()) {
                case "--store" -> stores = List.of(store(option.text()));
                case "--subscribers" -> subscribers = option.count();
                case "--threads" -> threads = option.count();
                case "--rounds" -> rounds = option.count();
                case "--seconds" -> window = option.seconds();
                case "--edit-seconds" -> betweenEdits = option.seconds();
                case "--edits" -> edits = option.count();
                default -> throw option.unknown();
            }
        }

        private static Store store(String text) {
            return switch (text) {
                case "memory" -> Store.MEMORY;
                case "postgres" -> Store.POSTGRES;
                default -> throw new UsageException("--store is memory or postgres, not " + text);
            };
        }
    }
}
