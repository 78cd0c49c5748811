package io.quotaguard.benchmarks;

import io.quotaguard.lease.SlicePolicy;
import java.util.List;

/** Who can take part in the contest of leases. */
enum LeaseContest implements Entrant {
    BUCKET4J(Keeps.COUNT),
    BUCKET4J_POSTGRES(Keeps.COUNT),
    QUOTAGUARD(Keeps.LEDGER),
    QUOTAGUARD_100(Keeps.LEDGER),
    QUOTAGUARD_1000(Keeps.LEDGER),
    QUOTAGUARD_10000(Keeps.LEDGER),
    QUOTAGUARD_ADAPTIVE(Keeps.LEDGER);

    static final ContestKind KIND = new ContestKind(
            "lease",
            "a check of a leased feature",
            List.of(values()),
            new ContestKind.Quick(List.of(BUCKET4J, QUOTAGUARD, QUOTAGUARD_100, QUOTAGUARD_1000), 16),
            """
            What a check that records its use costs where the feature is leased: spent from slices in this JVM's memory, each
            use posted into the ledger in PostgreSQL behind the calls. "kept" counts until the last of them stands there.
            """,
            """
              bucket4j             Bucket4j on Redis: compare and swap. Counts and nothing else
              bucket4j-postgres    Bucket4j on PostgreSQL: SELECT FOR UPDATE. Counts and nothing else
              quotaguard           QuotaGuard on PostgreSQL, not leased: ledger, idempotency, thresholds
              quotaguard-100       the same with slices of 100 units
              quotaguard-1000      the same with slices of 1,000 units
              quotaguard-10000     the same with slices of 10,000 units
              quotaguard-adaptive  the same with slices that follow the demand
            """);

    private final Keeps keeps;

    LeaseContest(Keeps keeps) {
        this.keeps = keeps;
    }

    @Override
    public Keeps keeps() {
        return keeps;
    }

    @Override
    public Contender open(Bed bed) {
        return switch (this) {
            case BUCKET4J -> Bucket4jRedis.compareAndSwap(bed);
            case BUCKET4J_POSTGRES -> Bucket4jPostgres.selectForUpdate(bed);
            case QUOTAGUARD -> QuotaGuardContender.onPostgres(bed, GuardCalls.Keys.GENERATED);
            case QUOTAGUARD_100 -> QuotaGuardContender.leased(bed, word(), SlicePolicy.fixed(100));
            case QUOTAGUARD_1000 -> QuotaGuardContender.leased(bed, word(), SlicePolicy.fixed(1_000));
            case QUOTAGUARD_10000 -> QuotaGuardContender.leased(bed, word(), SlicePolicy.fixed(10_000));
            case QUOTAGUARD_ADAPTIVE -> QuotaGuardContender.leased(bed, word(), SlicePolicy.adaptive());
        };
    }
}
