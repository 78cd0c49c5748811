package io.quotaguard.quickstart;

import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.PoolShare;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** What the teams have used of their pools, and which of their members how much. */
final class PoolTable {
    private final List<PoolOverview> pools;

    PoolTable(List<PoolOverview> pools) {
        this.pools = pools;
    }

    void print(PrintStream out) {
        TextTable table = new TextTable("team", "feature", "used", "of", "by whom");
        for (PoolOverview pool : pools) {
            for (FeatureUsage usage : pool.overview().features()) {
                table.row(
                        pool.overview().subject(),
                        usage.feature(),
                        usage.counter().used(),
                        usage.limit(),
                        shares(pool.shares(usage.feature())));
            }
        }
        table.print(out);
    }

    private static String shares(List<PoolShare> shares) {
        return shares.stream()
                .map(share -> share.member() + " " + share.units())
                .collect(Collectors.joining(", "));
    }
}
