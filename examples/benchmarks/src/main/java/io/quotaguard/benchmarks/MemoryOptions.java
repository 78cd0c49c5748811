package io.quotaguard.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the command line of the contest in memory asks for.
 *
 * @param cases what is measured, one table for each
 * @param contenders who takes part
 * @param subjects how many there are, where not one alone is asked for
 * @param rounds how often each case is measured
 * @param runs how it is measured once
 * @param files where figures go besides
 */
record MemoryOptions(
        Cases cases, List<MemoryContest> contenders, int subjects, int rounds, Runs runs, ReportFiles files) {
    static final String HELP = """
            What a check that records its use costs in this JVM's memory, beside others: JMH with its collector's profiler.

              --threads N,...      threads that call; 1,2,8 unless given
              --shape S,...        whose quota they ask: uniform, zipf (exponent 0.99) or hot (one subject); all unless given
              --contenders C,...   of those below; all unless given. Ratios are to the first of them
              --subjects N         100000 unless given
              --rounds N           how often each case is measured; 5 unless given
              --seconds N          how long one contender is measured in one round, such as 0.5, after twice as long for
                                   warming up; 1 unless given
              --forks N            JVMs for one contender in one round; with 0 all are measured in this one, where the
                                   compiler has seen the others: not to be compared; 1 unless given
              --heap SIZE          of such a JVM, such as 2g: QuotaGuard's ledger stays in it; 4g unless given
              --csv FILE           writes each round's figures there as well
              --html FILE          writes a page with charts there, which needs nothing else
              --quick              a first look in less than a minute; options beside it still count
              --help               this text

            Contenders
            """ + MemoryContest.HELP;

    private static final String QUICK = "--quick";

    /** Who calls how, each combined with each. */
    record Cases(List<Integer> threads, List<Traffic.Shape> shapes) {}

    /** How one contender is measured in one round. */
    record Runs(int forks, Duration window, String heap) {}

    static MemoryOptions parse(String... args) {
        Words words = new Words();
        List<OptionValue> options = OptionValue.read(Set.of(QUICK), args);
        if (options.stream().anyMatch(option -> option.name().equals(QUICK))) {
            words.beQuick();
        }
        options.forEach(words::take);
        return new MemoryOptions(
                new Cases(words.threads, words.shapes),
                words.contenders,
                words.subjects,
                words.rounds,
                new Runs(words.forks, words.window, words.heap),
                words.files);
    }

    /** What was read so far, with what holds unless it is given. */
    private static final class Words {
        private List<Integer> threads = List.of(1, 2, 8);
        private List<Traffic.Shape> shapes = List.of(Traffic.Shape.values());
        private List<MemoryContest> contenders = List.of(MemoryContest.values());
        private int subjects = 100_000;
        private int rounds = 5;
        private int forks = 1;
        private Duration window = Duration.ofSeconds(1);
        private String heap = "4g";
        private ReportFiles files = ReportFiles.NONE;

        void beQuick() {
            threads = List.of(1);
            shapes = List.of(Traffic.Shape.HOT, Traffic.Shape.UNIFORM);
            contenders = List.of(
                    MemoryContest.BUCKET4J,
                    MemoryContest.QUOTAGUARD,
                    MemoryContest.QUOTAGUARD_METER,
                    MemoryContest.FLOOR);
            subjects = 10_000;
            rounds = 2;
            window = Duration.ofMillis(300);
        }

        void take(OptionValue option) {
            switch (option.name()) {
                case "--threads" -> threads = option.counts();
                case "--shape" -> shapes = option.anyOf(List.of(Traffic.Shape.values()));
                case "--contenders" -> contenders = option.anyOf(List.of(MemoryContest.values()));
                case "--subjects" -> subjects = option.count();
                case "--rounds" -> rounds = option.count();
                case "--seconds" -> window = option.seconds();
                case "--forks" -> forks = option.text().equals("0") ? 0 : option.count();
                case "--heap" -> heap = heap(option.text());
                case "--csv", "--html" -> files = files.with(option);
                case QUICK -> {
                    // Taken before all others.
                }
                default -> throw option.unknown();
            }
        }

        private static String heap(String text) {
            if (!text.matches("[1-9][0-9]{0,5}[mg]")) {
                throw new UsageException("--heap is a size such as 2g, not " + text);
            }
            return text;
        }
    }
}
