package io.quotaguard.benchmarks;

/** Who can take part in the contest in memory. */
enum MemoryContest {
    BUCKET4J,
    BUCKET4J_IN_HAND,
    BUCKET4J_RECORDING,
    GUAVA,
    RESILIENCE4J,
    QUOTAGUARD,
    QUOTAGUARD_KEYS,
    QUOTAGUARD_METER,
    FLOOR;

    static final String HELP = """
              bucket4j             Bucket4j, the bucket looked up by name in a Caffeine cache. Counts and nothing else
              bucket4j-in-hand     Bucket4j, the bucket looked up by number
              bucket4j-recording   bucket4j made to do the same work: a key for each call in a set, and a row in a list
              guava                Guava's limiter of rates, looked up like bucket4j
              resilience4j         Resilience4j's limiter of rates, looked up like bucket4j
              quotaguard           QuotaGuard, asked by names; it makes its own keys: ledger, idempotency, thresholds
              quotaguard-keys      the same with a key from each caller, who has to make a text of it
              quotaguard-meter     QuotaGuard, asked through meters looked up by number: as quotaguard otherwise
              floor                a counter looked up by name in a map, and compare-and-set
            """;

    MemoryContender open(int subjects) {
        return switch (this) {
            case BUCKET4J -> MemoryPeers.bucket4j(subjects);
            case BUCKET4J_IN_HAND -> MemoryPeers.bucket4jInHand(subjects);
            case BUCKET4J_RECORDING -> MemoryPeers.bucket4jRecording(subjects);
            case GUAVA -> MemoryPeers.guava(subjects);
            case RESILIENCE4J -> MemoryPeers.resilience4j(subjects);
            case QUOTAGUARD -> GuardInMemory.open(subjects).byNames();
            case QUOTAGUARD_KEYS -> GuardInMemory.open(subjects).withKeys();
            case QUOTAGUARD_METER -> GuardInMemory.open(subjects).byMeters();
            case FLOOR -> MemoryPeers.floor(subjects);
        };
    }
}
