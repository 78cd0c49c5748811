package io.quotaguard.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the command line of a contest asks for.
 *
 * @param cases what is measured, one table for each
 * @param contenders who takes part
 * @param scale how many there are of what
 * @param rounds how often each case is measured
 * @param warmUps how many rounds go before them, at the most
 * @param window how long one contender is measured in one round
 * @param files where figures go besides
 */
record ContestOptions(
        Cases cases,
        List<Entrant> contenders,
        Scale scale,
        int rounds,
        int warmUps,
        Duration window,
        ReportFiles files) {
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

    static ContestOptions parse(ContestKind kind, String... args) {
        Words words = new Words(kind);
        List<OptionValue> options = OptionValue.read(Set.of(QUICK), args);
        if (options.stream().anyMatch(option -> option.name().equals(QUICK))) {
            words.beQuick(kind.quick());
        }
        options.forEach(words::take);
        return new ContestOptions(
                new Cases(words.callers, words.shapes, words.outcomes),
                words.contenders,
                new Scale(words.subjects, words.connections),
                words.rounds,
                words.warmUps,
                words.window,
                words.files);
    }

    /** What was read so far, with what holds unless it is given. */
    private static final class Words {
        private final List<Entrant> everyone;
        private List<Integer> callers = List.of(1, 4, 16, 64, 256);
        private List<Traffic.Shape> shapes = List.of(Traffic.Shape.values());
        private List<Traffic.Outcome> outcomes = List.of(Traffic.Outcome.values());
        private List<Entrant> contenders;
        private int subjects = 10_000;
        private int connections = 16;
        private int rounds = 5;
        private int warmUps = 8;
        private Duration window = Duration.ofSeconds(2);
        private ReportFiles files = ReportFiles.NONE;

        Words(ContestKind kind) {
            everyone = List.copyOf(kind.everyone());
            contenders = everyone;
        }

        void beQuick(ContestKind.Quick quick) {
            callers = List.of(quick.callers());
            shapes = List.of(Traffic.Shape.UNIFORM, Traffic.Shape.HOT);
            outcomes = List.of(Traffic.Outcome.ACCEPTED);
            contenders = List.copyOf(quick.entrants());
            subjects = 1_000;
            rounds = 3;
            warmUps = 1;
            window = Duration.ofMillis(500);
        }

        void take(OptionValue option) {
            switch (option.name()) {
                case "--callers" -> callers = option.counts();
                case "--shape" -> shapes = option.anyOf(List.of(Traffic.Shape.values()));
                case "--outcome" -> outcomes = option.anyOf(List.of(Traffic.Outcome.values()));
                case "--contenders" -> contenders = option.anyOf(everyone, Entrant::word);
                case "--subjects" -> subjects = option.count();
                case "--connections" -> connections = option.count();
                case "--rounds" -> rounds = option.count();
                case "--warm-ups" -> warmUps = option.count();
                case "--seconds" -> window = option.seconds();
                case "--csv", "--html" -> files = files.with(option);
                case QUICK -> {
                    // Taken before all others.
                }
                default -> throw option.unknown();
            }
        }
    }
}
