package io.quotaguard.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the command line of the growth asks for.
 *
 * @param states that are compared with the first of them
 * @param keys who makes the keys, one after the other
 * @param scale how many there are of what
 * @param rounds how often everything is measured
 * @param window how long one state is called in one round
 * @param files where figures go besides
 */
record GrowthOptions(
        List<GrowthState.Size> states,
        List<GuardCalls.Keys> keys,
        Scale scale,
        int rounds,
        Duration window,
        ReportFiles files) {
    static final String HELP = """
            What a check costs on PostgreSQL as ledger and counters grow, and what reading one subject's usage costs then.

              --states RxC,...     ledger rows and counters of each state, such as 1000000x10000. Ratios are to the first of
                                   them; 0x10000,1000000x10000,5000000x10000,0x100000,0x1000000 unless given
              --keys K,...         who makes the keys of calls, and of the rows that are there: generated, random; both,
                                   one after the other, unless given
              --callers N          threads that call; 16 unless given
              --active N           subjects who are called, spread evenly over the counters; 10000 unless given
              --connections N      16 unless given
              --reads N            how often one subject's usage is read in one round; 50 unless given
              --rounds N           how often everything is measured, after one round of warming up; 5 unless given
              --seconds N          how long one state is called in one round, such as 0.5; 3 unless given
              --csv FILE           writes each round's figures there as well
              --html FILE          writes a page with charts there, which needs nothing else
              --quick              small states in less than a minute; options beside it still count
              --help               this text
            """;

    private static final String QUICK = "--quick";

    /** How many there are of what. */
    record Scale(int callers, int active, int connections, int reads) {}

    static GrowthOptions parse(String... args) {
        Words words = new Words();
        List<OptionValue> options = OptionValue.read(Set.of(QUICK), args);
        if (options.stream().anyMatch(option -> option.name().equals(QUICK))) {
            words.beQuick();
        }
        options.forEach(words::take);
        Scale scale = new Scale(words.callers, words.active, words.connections, words.reads);
        return new GrowthOptions(words.states, words.keys, scale, words.rounds, words.window, words.files);
    }

    /** What was read so far, with what holds unless it is given. */
    private static final class Words {
        private List<GrowthState.Size> states = List.of(
                new GrowthState.Size(0, 10_000),
                new GrowthState.Size(1_000_000, 10_000),
                new GrowthState.Size(5_000_000, 10_000),
                new GrowthState.Size(0, 100_000),
                new GrowthState.Size(0, 1_000_000));
        private List<GuardCalls.Keys> keys = List.of(GuardCalls.Keys.values());
        private int callers = 16;
        private int active = 10_000;
        private int connections = 16;
        private int reads = 50;
        private int rounds = 5;
        private Duration window = Duration.ofSeconds(3);
        private ReportFiles files = ReportFiles.NONE;

        void beQuick() {
            states = List.of(
                    new GrowthState.Size(0, 1_000),
                    new GrowthState.Size(50_000, 1_000),
                    new GrowthState.Size(0, 20_000));
            active = 1_000;
            rounds = 3;
            window = Duration.ofMillis(500);
        }

        void take(OptionValue option) {
            switch (option.name()) {
                case "--states" -> states = option.parts(Words::state);
                case "--keys" -> keys = option.anyOf(List.of(GuardCalls.Keys.values()));
                case "--callers" -> callers = option.count();
                case "--active" -> active = option.count();
                case "--connections" -> connections = option.count();
                case "--reads" -> reads = option.count();
                case "--rounds" -> rounds = option.count();
                case "--seconds" -> window = option.seconds();
                case "--csv", "--html" -> files = files.with(option);
                case QUICK -> {
                    // Taken before all others.
                }
                default -> throw option.unknown();
            }
        }

        private static GrowthState.Size state(String text) {
            if (!text.matches("[0-9]{1,12}x[1-9][0-9]{0,8}")) {
                throw new UsageException("--states are rows and counters such as 1000000x10000, not " + text);
            }
            int x = text.indexOf('x');
            return new GrowthState.Size(Long.parseLong(text.substring(0, x)), Integer.parseInt(text.substring(x + 1)));
        }
    }
}
