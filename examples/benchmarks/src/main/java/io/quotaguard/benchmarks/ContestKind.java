package io.quotaguard.benchmarks;

import java.util.List;

/**
 * What is particular to one contest.
 *
 * @param name the first word of its command line
 * @param title what it is called
 * @param everyone who can take part; ratios are to the first
 * @param quick what a first look is taken at
 * @param purpose what it is about, in a line or two
 * @param help a line for each of those who can take part
 */
record ContestKind(
        String name, String title, List<? extends Entrant> everyone, Quick quick, String purpose, String help) {
    private static final String OPTIONS = """

              --callers N,...      threads that call; 1,4,16,64,256 unless given
              --shape S,...        whose quota they ask: uniform, zipf (exponent 0.99) or hot (one subject); all unless given
              --outcome O,...      accepted, refused (limits exhausted before) or mixed (30 % of the calls ask for more than
                                   the limit); all unless given
              --contenders C,...   of those below; all unless given. Ratios are to the first of them
              --subjects N         10000 unless given
              --connections N      to PostgreSQL, in the one pool that all contenders use; 16 unless given
              --rounds N           how often each case is measured; 5 unless given
              --warm-ups N         at most so many rounds before, until the JVM compiles little; 8 unless given
              --seconds N          how long one contender is measured in one round, such as 0.5; 2 unless given
              --csv FILE           writes each round's figures there as well
              --html FILE          writes a page with charts there, which needs nothing else
              --quick              a first look in less than a minute; options beside it still count
              --help               this text

            Contenders
            """;

    /** A first look: who takes part, and with how many callers. */
    record Quick(List<? extends Entrant> entrants, int callers) {}

    /** Returns what {@code --help} prints. */
    String page() {
        return purpose + OPTIONS + help;
    }
}
