package io.quotaguard.spi;

import io.quotaguard.model.Counter;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Window;
import java.util.List;
import java.util.Set;

/**
 * What one subject may do and has used, read in one step. Immutable.
 *
 * @param catalog everything that bears on the subject
 * @param counters its counters whose windows have not ended
 */
public record SubjectUsage(SubjectCatalog catalog, List<OpenCounter> counters) {
    public SubjectUsage {
        counters = List.copyOf(counters);
    }

    /**
     * One counter of a window that has not ended.
     *
     * @param feature of what
     * @param window its window
     * @param counter its totals
     * @param fired the thresholds, in percent, whose alerts fired and are not armed again (R29)
     */
    public record OpenCounter(String feature, Window window, Counter counter, Set<Integer> fired) {
        public OpenCounter {
            fired = Set.copyOf(fired);
        }
    }
}
