package io.quotaguard.memory;

import io.quotaguard.model.Origin;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.UsageSum;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sums over views of ledger entries. */
final class LedgerSums {
    private static final Comparator<PoolShare> LARGEST_FIRST =
            Comparator.comparingLong(PoolShare::units).reversed().thenComparing(PoolShare::member);

    private LedgerSums() {}

    /** What one feature adds up to in one span. */
    private static final class Sum {
        final WideSum units = new WideSum();
        final WideSum overage = new WideSum();
        long uses;

        void add(LedgerEntry entry) {
            units.add(entry.delta());
            overage.add(entry.more().overage());
            uses += entry.isUse() ? 1 : 0;
        }
    }

    static List<UsageSum> sums(List<List<LedgerEntry>> views, List<Instant> bounds) {
        Map<String, Map<Integer, Sum>> byFeature = new TreeMap<>();
        for (List<LedgerEntry> view : views) {
            for (LedgerEntry entry : view) {
                int span = span(entry.at(), bounds);
                if (entry.isRow() && span >= 0 && span < bounds.size() - 1) {
                    byFeature
                            .computeIfAbsent(entry.counter().owner().feature(), absent -> new TreeMap<>())
                            .computeIfAbsent(span, absent -> new Sum())
                            .add(entry);
                }
            }
        }
        List<UsageSum> sums = new ArrayList<>();
        byFeature.forEach((feature, spans) -> spans.forEach((span, sum) ->
                sums.add(new UsageSum(feature, span, sum.units.nearest(), sum.uses, sum.overage.nearest()))));
        return sums;
    }

    private static int span(Instant at, List<Instant> bounds) {
        int place = Collections.binarySearch(bounds, at);
        if (place < 0) {
            return -place - 2;
        }
        // A day that a zone skipped ends where it begins, and has no instant of its own (R16).
        while (place + 1 < bounds.size() && bounds.get(place + 1).equals(at)) {
            place++;
        }
        return place;
    }

    static Pace pace(List<LedgerEntry> view, Instant asOf) {
        long units = 0; // of one counter, which is never larger than it may be
        Instant since = null;
        for (LedgerEntry entry : view) {
            if (entry.isRow()) {
                units += entry.delta();
                since = since == null || entry.at().isBefore(since) ? entry.at() : since;
            }
        }
        return new Pace(units, since, asOf);
    }

    static List<PoolShare> shares(List<LedgerEntry> view, String pool, int max) {
        Map<String, WideSum> byMember = new HashMap<>();
        for (LedgerEntry entry : view) {
            if (entry.operation() != Operation.RESET) {
                Origin origin = entry.more().origin();
                byMember.computeIfAbsent(origin == null ? pool : origin.subject(), absent -> new WideSum())
                        .add(entry.delta());
            }
        }
        List<PoolShare> shares = new ArrayList<>();
        byMember.forEach((member, units) -> shares.add(new PoolShare(member, units.nearest())));
        shares.removeIf(share -> share.units() == 0);
        shares.sort(LARGEST_FIRST);
        return List.copyOf(shares.subList(0, Math.min(max, shares.size())));
    }
}
