package io.quotaguard.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of the contest on PostgreSQL asks for.
 *
 * @param cases what is measured, one table for each
 * @param contenders who takes part
 * @param scale how many there are of what
 * @param rounds how often each case is measured, the warm-up left out
 * @param window how long one contender is measured in one round
 * @param csv where each round's figures go besides, if anywhere
 */
record PostgresOptions(
        Cases cases,
        List<Contest> contenders,
        Scale scale,
        int rounds,
        Duration window,
        @Nullable Path csv) {
    static final String HELP = """
            What a check that records its use costs on PostgreSQL, beside others who decide the same.

              --callers N,...      threads that call; 1,4,16,64,256 unless given
              --shape S,...        whose quota they ask: uniform, zipf (exponent 0.99) or hot (one subject); all unless given
              --outcome O,...      accepted, refused (limits exhausted before) or mixed (30 % of the calls ask for more than
                                   the limit); all unless given
              --contenders C,...   of those below; all unless given. Ratios are to the first of them
              --subjects N         10000 unless given
              --connections N      in the one pool that all contenders use; 16 unless given
              --rounds N           how often each case is measured, after one round of warming up; 5 unless given
              --seconds N          how long one contender is measured in one round, such as 0.5; 2 unless given
              --csv FILE           writes each round's figures there as well
              --quick              a first look in less than a minute; options beside it still count
              --help               this text

            Contenders
              bucket4j             Bucket4j with SELECT FOR UPDATE, its default on PostgreSQL. Counts and nothing else
              bucket4j-advisory    Bucket4j with advisory locks
              bucket4j-batching    Bucket4j with SELECT FOR UPDATE and its batching of calls for one subject
              bucket4j-ledger      bucket4j, and then a ledger row by an INSERT of its own
              naive                a transaction: limit, counter FOR UPDATE, UPDATE, INSERT of a ledger row
              quotaguard           QuotaGuard, which makes its own keys: ledger, idempotency, thresholds
              quotaguard-keys      the same with a random key from each caller
              update               floor: one conditional UPDATE, autocommit
              select-1             floor: SELECT 1
            """;

    private static final String QUICK = "--quick";

    /** Who calls how, each combined with each. */
    record Cases(List<Integer> callers, List<Traffic.Shape> shapes, List<Traffic.Outcome> outcomes) {
        List<Traffic> traffic(Subjects subjects) {
            return outcomes.stream()
                    .flatMap(outcome -> shapes.stream().map(shape -> new Traffic(shape, outcome, subjects)))
                    .toList();
        }
    }

    /** How many there are of what. */
    record Scale(int subjects, int connections) {}

    static PostgresOptions parse(String... args) {
        Words words = new Words();
        List<OptionValue> options = OptionValue.read(Set.of(QUICK), args);
        if (options.stream().anyMatch(option -> option.name().equals(QUICK))) {
            words.beQuick();
        }
        options.forEach(words::take);
        return new PostgresOptions(
                new Cases(words.callers, words.shapes, words.outcomes),
                words.contenders,
                new Scale(words.subjects, words.connections),
                words.rounds,
                words.window,
                words.csv);
    }

    /** What was read so far, with what holds unless it is given. */
    private static final class Words {
        private List<Integer> callers = List.of(1, 4, 16, 64, 256);
        private List<Traffic.Shape> shapes = List.of(Traffic.Shape.values());
        private List<Traffic.Outcome> outcomes = List.of(Traffic.Outcome.values());
        private List<Contest> contenders = List.of(Contest.values());
        private int subjects = 10_000;
        private int connections = 16;
        private int rounds = 5;
        private Duration window = Duration.ofSeconds(2);
        private @Nullable Path csv;

        void beQuick() {
            callers = List.of(16);
            shapes = List.of(Traffic.Shape.UNIFORM, Traffic.Shape.HOT);
            outcomes = List.of(Traffic.Outcome.ACCEPTED);
            contenders = List.of(
                    Contest.BUCKET4J,
                    Contest.BUCKET4J_BATCHING,
                    Contest.QUOTAGUARD,
                    Contest.QUOTAGUARD_KEYS,
                    Contest.UPDATE,
                    Contest.SELECT_1);
            subjects = 1_000;
            rounds = 3;
            window = Duration.ofMillis(500);
        }

        void take(OptionValue option) {
            switch (option.name()) {
                case "--callers" -> callers = option.counts();
                case "--shape" -> shapes = option.anyOf(List.of(Traffic.Shape.values()));
                case "--outcome" -> outcomes = option.anyOf(List.of(Traffic.Outcome.values()));
                case "--contenders" -> contenders = option.anyOf(List.of(Contest.values()));
                case "--subjects" -> subjects = option.count();
                case "--connections" -> connections = option.count();
                case "--rounds" -> rounds = option.count();
                case "--seconds" -> window = option.seconds();
                case "--csv" -> csv = Path.of(option.text());
                case QUICK -> {
                    // Taken before all others.
                }
                default -> throw option.unknown();
            }
        }
    }
}
