package io.quotaguard.benchmarks;

import java.sql.SQLException;

/** Who can take part in a contest: a constant of that contest's enum. */
interface Entrant {
    /** Returns the constant's name. */
    String name();

    /** Returns what stands in its tables for each use. */
    Keeps keeps();

    /** Lets it in. */
    Contender open(Bed bed);

    /** What stands in a contender's tables for each use. */
    enum Keeps {
        NOTHING,
        COUNT,
        LEDGER
    }

    /** Returns its name as it is written on a command line and in reports. */
    default String word() {
        return OptionValue.word(name());
    }

    /**
     * Throws when a contender's tables do not hold one unit for each call that was allowed: it did less work than it was
     * measured with.
     */
    default void requireBooks(Contender contender, long allowed) throws SQLException {
        Contender.Books expected =
                new Contender.Books(keeps() == Keeps.NOTHING ? 0 : allowed, keeps() == Keeps.LEDGER ? allowed : 0);
        Contender.Books found = contender.books();
        if (!found.equals(expected)) {
            throw new IllegalStateException(word() + " should have written " + expected + " but wrote " + found);
        }
    }
}
