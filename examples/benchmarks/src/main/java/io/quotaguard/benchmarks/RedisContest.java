package io.quotaguard.benchmarks;

import java.util.List;

/** Who can take part in the contest on Redis. */
enum RedisContest implements Entrant {
    BUCKET4J(Keeps.COUNT),
    BUCKET4J_BATCHING(Keeps.COUNT),
    BUCKET4J_LEDGER(Keeps.LEDGER),
    LUA(Keeps.COUNT),
    QUOTAGUARD(Keeps.LEDGER),
    QUOTAGUARD_KEYS(Keeps.LEDGER),
    QUOTAGUARD_ALONE(Keeps.LEDGER),
    INCR(Keeps.COUNT),
    GET(Keeps.NOTHING);

    static final ContestKind KIND = new ContestKind(
            "redis",
            "a check on Redis",
            List.of(values()),
            new ContestKind.Quick(List.of(BUCKET4J, BUCKET4J_BATCHING, BUCKET4J_LEDGER, LUA, QUOTAGUARD, INCR), 16),
            """
            What a check that records its use costs on Redis, beside others who decide the same, and what it keeps there.
            QuotaGuard decides in Redis and posts into the ledger in PostgreSQL, which is measured along with it.
            """,
            """
              bucket4j             Bucket4j on Lettuce: compare and swap. Counts and nothing else
              bucket4j-batching    the same with its batching of calls for one subject
              bucket4j-ledger      bucket4j, and then a key and a stream entry in Redis, pipelined
              lua                  a plain counter: one script, which compares and adds
              quotaguard           QuotaGuard, which makes its own keys: ledger in PostgreSQL, idempotency, thresholds
              quotaguard-keys      the same with a random key from each caller
              quotaguard-alone     the same on Redis alone; it holds all that it kept in its memory as well
              incr                 floor: INCRBY
              get                  floor: GET
            """);

    private final Keeps keeps;

    RedisContest(Keeps keeps) {
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
            case BUCKET4J_BATCHING -> Bucket4jRedis.batching(bed);
            case BUCKET4J_LEDGER -> StreamContender.besideBucket4j(bed);
            case LUA -> new LuaContender(bed);
            case QUOTAGUARD -> QuotaGuardContender.onRedis(bed, GuardCalls.Keys.GENERATED);
            case QUOTAGUARD_KEYS -> QuotaGuardContender.onRedis(bed, GuardCalls.Keys.RANDOM);
            case QUOTAGUARD_ALONE -> new AloneContender(bed);
            case INCR -> RedisFloor.incr(bed);
            case GET -> RedisFloor.get(bed);
        };
    }
}
