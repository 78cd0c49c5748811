package io.quotaguard.benchmarks;

import java.util.List;

/** Who can take part in the contest on PostgreSQL. */
enum PostgresContest implements Entrant {
    BUCKET4J(Keeps.COUNT),
    BUCKET4J_ADVISORY(Keeps.COUNT),
    BUCKET4J_BATCHING(Keeps.COUNT),
    BUCKET4J_LEDGER(Keeps.LEDGER),
    NAIVE(Keeps.LEDGER),
    QUOTAGUARD(Keeps.LEDGER),
    QUOTAGUARD_KEYS(Keeps.LEDGER),
    UPDATE(Keeps.COUNT),
    SELECT_1(Keeps.NOTHING);

    static final ContestKind KIND = new ContestKind(
            "postgres",
            "a check on PostgreSQL",
            List.of(values()),
            new ContestKind.Quick(
                    List.of(BUCKET4J, BUCKET4J_BATCHING, QUOTAGUARD, QUOTAGUARD_KEYS, UPDATE, SELECT_1), 16),
            """
            What a check that records its use costs on PostgreSQL, beside others who decide the same.
            """,
            """
              bucket4j             Bucket4j with SELECT FOR UPDATE, its default on PostgreSQL. Counts and nothing else
              bucket4j-advisory    Bucket4j with advisory locks
              bucket4j-batching    Bucket4j with SELECT FOR UPDATE and its batching of calls for one subject
              bucket4j-ledger      bucket4j, and then a ledger row by an INSERT of its own
              naive                a transaction: limit, counter FOR UPDATE, UPDATE, INSERT of a ledger row
              quotaguard           QuotaGuard, which makes its own keys: ledger, idempotency, thresholds
              quotaguard-keys      the same with a random key from each caller
              update               floor: one conditional UPDATE, autocommit
              select-1             floor: SELECT 1
            """);

    private final Keeps keeps;

    PostgresContest(Keeps keeps) {
        this.keeps = keeps;
    }

    @Override
    public Keeps keeps() {
        return keeps;
    }

    @Override
    public Contender open(Bed bed) {
        return switch (this) {
            case BUCKET4J -> Bucket4jPostgres.selectForUpdate(bed);
            case BUCKET4J_ADVISORY -> Bucket4jPostgres.advisoryLock(bed);
            case BUCKET4J_BATCHING -> Bucket4jPostgres.batching(bed);
            case BUCKET4J_LEDGER -> LedgerContender.besideBucket4j(bed);
            case NAIVE -> NaiveContender.create(bed);
            case QUOTAGUARD -> QuotaGuardContender.onPostgres(bed, GuardCalls.Keys.GENERATED);
            case QUOTAGUARD_KEYS -> QuotaGuardContender.onPostgres(bed, GuardCalls.Keys.RANDOM);
            case UPDATE -> UpdateContender.create(bed);
            case SELECT_1 -> new SelectContender(bed);
        };
    }
}
