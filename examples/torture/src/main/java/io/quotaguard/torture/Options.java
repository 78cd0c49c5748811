package io.quotaguard.torture;

import java.util.Locale;

/**
 * What to run; each is a system property {@code torture.<name>}.
 *
 * @param store which store
 * @param scale 1.0 is a release: a hundred rounds of 100,000 calls; a round is the least
 * @param seed of the first round; each next one has the next seed
 * @param jvms processes that call
 * @param threads callers of each
 * @param calls of each round
 */
record Options(Backend.Kind store, double scale, long seed, int jvms, int threads, int calls) {
    private static final int ROUNDS_OF_A_RELEASE = 100;
    private static final int CALLS_OF_A_ROUND = 100_000;

    static Options fromSystem() {
        String seed = System.getProperty("torture.seed");
        return new Options(
                Backend.Kind.valueOf(System.getProperty("torture.store", "postgres")
                        .toUpperCase(Locale.ROOT)
                        .replace('-', '_')),
                Double.parseDouble(System.getProperty("torture.scale", "0.01")),
                seed == null ? System.nanoTime() & 0xFFFFFF : Long.parseLong(seed),
                Integer.getInteger("torture.jvms", 8),
                Integer.getInteger("torture.threads", 16),
                Integer.getInteger("torture.calls", CALLS_OF_A_ROUND));
    }

    int rounds() {
        return Math.max(1, (int) Math.round(scale * ROUNDS_OF_A_RELEASE));
    }
}
