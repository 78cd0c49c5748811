package io.quotaguard.torture;

import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.load.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What has to have happened in a round for its silence to prove anything: a limit that refused nobody is not shown to have been kept. */
final class Floors {
    /** How many of those who ask have to be refused; of short windows it depends on the store's pace. */
    private static final Map<String, Integer> LEAST_REFUSED_PER_MILLE =
            Map.of(World.HOT, 10, World.WIDE, 10, World.LEASED, 10, World.TICK, 1, World.HELD, 1);

    private static final List<String> LEAST_ONE_OF =
            List.of("conflicts", "holds", "corrections", "alerts", "alerts delivered", "plan changes", "counters");

    /** Of all keys that were asked for; the others were refused, or had no answer. */
    private static final int LEAST_KEYS_WITH_EFFECT_PER_MILLE = 100;

    private Floors() {}

    /** Returns a sentence for each thing that the round is too small to prove. */
    static List<String> missedBy(Map<String, Long> figures) {
        List<String> missed = new ArrayList<>();
        LEAST_REFUSED_PER_MILLE.forEach((feature, least) -> {
            long asked = figures.getOrDefault(Findings.ASKED + feature, 0L);
            long refused = figures.getOrDefault(Findings.REFUSED + feature, 0L);
            if (isLess(refused, asked, least)) {
                missed.add("proves nothing of the limit of " + feature + ": of " + asked + " asked for it only "
                        + refused + " were refused");
            }
        });
        for (String figure : LEAST_ONE_OF) {
            if (figures.getOrDefault(figure, 0L) == 0) {
                missed.add("proves nothing of " + figure + ": there were none");
            }
        }
        long keys = figures.getOrDefault("keys", 0L);
        long withEffect = figures.getOrDefault("keys with effect", 0L);
        if (isLess(withEffect, keys, LEAST_KEYS_WITH_EFFECT_PER_MILLE)) {
            missed.add("proves little: of " + keys + " keys only " + withEffect + " had an effect");
        }
        return missed;
    }

    private static boolean isLess(long some, long all, int leastPerMille) {
        return some == 0 || some * 1000 < all * leastPerMille;
    }
}
