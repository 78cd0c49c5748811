package io.quotaguard.hostile;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaCapacityException;
import io.quotaguard.model.ResetPeriod;

/** Uses a memory store by ever new names, in a heap that was said to be enough for its bounds (H5). */
public final class NewNames {
    private static final String FEATURE = "articles_per_day";

    private NewNames() {}

    /** Takes the most counters, the most subjects in the guard's cache, and how many names to use. Ends with an error when the store takes more, or forgets. */
    public static void main(String[] arguments) {
        int bound = Integer.parseInt(arguments[0]);
        int cached = Integer.parseInt(arguments[1]);
        int names = Integer.parseInt(arguments[2]);
        try (InMemoryQuotaStore store =
                        InMemoryQuotaStore.builder().maxCounters(bound).build();
                QuotaGuard quota =
                        QuotaGuard.builder(store).cachedSubjects(cached).build()) {
            Plan plan = Plan.named("free").limit(FEATURE, 2, ResetPeriod.NEVER).build();
            quota.plans().create(plan, Change.by("test"));
            quota.plans().setDefault("free", Change.by("test"));
            int refused = 0;
            for (int i = 0; i < names; i++) {
                try {
                    quota.checkAndRecord("made-up-by-a-stranger-" + i, FEATURE);
                } catch (QuotaCapacityException e) {
                    refused++;
                }
            }
            System.out.printf(
                    "%d names, %d refused, %d MB of %d in use%n",
                    names,
                    refused,
                    (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20,
                    Runtime.getRuntime().maxMemory() >> 20);
            boolean first =
                    quota.checkAndRecord("made-up-by-a-stranger-0", FEATURE).allowed();
            boolean second =
                    quota.checkAndRecord("made-up-by-a-stranger-0", FEATURE).allowed();
            if (refused != names - bound || !first || second) {
                throw new IllegalStateException("a live counter was forgotten, or the bound is none");
            }
        }
    }
}
