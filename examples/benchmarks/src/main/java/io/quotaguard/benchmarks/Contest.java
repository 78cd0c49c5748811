package io.quotaguard.benchmarks;

import java.sql.SQLException;

/** Who can take part in a contest on PostgreSQL. */
enum Contest {
    BUCKET4J(Keeps.COUNT),
    BUCKET4J_ADVISORY(Keeps.COUNT),
    BUCKET4J_BATCHING(Keeps.COUNT),
    BUCKET4J_LEDGER(Keeps.LEDGER),
    NAIVE(Keeps.LEDGER),
    QUOTAGUARD(Keeps.LEDGER),
    QUOTAGUARD_KEYS(Keeps.LEDGER),
    UPDATE(Keeps.COUNT),
    SELECT_1(Keeps.NOTHING);

    private final Keeps keeps;

    Contest(Keeps keeps) {
        this.keeps = keeps;
    }

    /** What stands in a contender's tables for each use. */
    private enum Keeps {
        NOTHING,
        COUNT,
        LEDGER
    }

    /** Where contenders live: one pool of connections for all of them, and one population. */
    record Bed(PostgresUnderTest postgres, Subjects subjects) {}

    Contender open(Bed bed) {
        return switch (this) {
            case BUCKET4J -> Bucket4jContender.selectForUpdate(bed);
            case BUCKET4J_ADVISORY -> Bucket4jContender.advisoryLock(bed);
            case BUCKET4J_BATCHING -> Bucket4jContender.batching(bed);
            case BUCKET4J_LEDGER -> LedgerContender.besideBucket4j(bed);
            case NAIVE -> NaiveContender.create(bed);
            case QUOTAGUARD -> QuotaGuardContender.withoutKeys(bed);
            case QUOTAGUARD_KEYS -> QuotaGuardContender.withKeys(bed);
            case UPDATE -> UpdateContender.create(bed);
            case SELECT_1 -> new SelectContender(bed);
        };
    }

    /**
     * Throws when a contender's tables do not hold one unit for each call that was allowed: it did less work than it was
     * measured with.
     */
    void requireBooks(Contender contender, long allowed) throws SQLException {
        Contender.Books expected =
                new Contender.Books(keeps == Keeps.NOTHING ? 0 : allowed, keeps == Keeps.LEDGER ? allowed : 0);
        Contender.Books found = contender.books();
        if (!found.equals(expected)) {
            throw new IllegalStateException(
                    OptionValue.word(this) + " should have written " + expected + " but wrote " + found);
        }
    }
}
