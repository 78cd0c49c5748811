package io.quotaguard.model;

import java.util.List;
import java.util.Map;

/**
 * What a pool may use and has used, and who of its members used how much (R40). Immutable.
 *
 * @param overview the pool's own
 * @param members who belong to it directly, by name; the first {@value #MAX_MEMBERS}
 * @param shares by feature, who used how much of the pool's current window, the largest share first, the first
 *     {@value #MAX_MEMBERS}; whoever left it is still here with what he used
 */
public record PoolOverview(QuotaOverview overview, List<String> members, Map<String, List<PoolShare>> shares) {
    public static final int MAX_MEMBERS = 1000;

    public PoolOverview {
        members = List.copyOf(members);
        shares = Map.copyOf(shares);
    }

    /** Returns the shares of {@code feature}, none when it was not used. */
    public List<PoolShare> shares(String feature) {
        return shares.getOrDefault(feature, List.of());
    }
}
