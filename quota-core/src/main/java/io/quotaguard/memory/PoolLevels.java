package io.quotaguard.memory;

import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether pools may stand above each other as asked (R40). Its caller holds the catalog's lock. */
final class PoolLevels {
    private final CatalogState state;

    PoolLevels(CatalogState state) {
        this.state = state;
    }

    /** Returns why {@code member} cannot belong to {@code pool}, or null when it can. */
    @Nullable
    CatalogOutcome fault(String member, String pool) {
        List<String> path = new ArrayList<>(List.of(member));
        for (String next = pool; next != null; next = state.entries(next).pool()) {
            path.add(next);
            if (next.equals(member)) {
                return new CatalogOutcome.PoolCycle(path);
            }
        }
        int levels = path.size() - 1 + levelsDownFrom(member);
        return levels > SaveMembership.MAX_POOL_LEVELS ? new CatalogOutcome.PoolTooDeep(levels) : null;
    }

    /** Goes over all subjects once for each level: memberships change seldom, and no index is kept for that. */
    private int levelsDownFrom(String subject) {
        int below = 0;
        for (Map.Entry<String, SubjectEntries> entry : state.subjects()) {
            if (subject.equals(entry.getValue().pool())) {
                below = Math.max(below, levelsDownFrom(entry.getKey()));
            }
        }
        return 1 + below;
    }
}
