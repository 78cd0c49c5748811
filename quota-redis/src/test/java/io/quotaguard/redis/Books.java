package io.quotaguard.redis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the ledger says, beside what callers were told. Every use is of one unit. Immutable.
 *
 * @param rows the keys of the ledger's rows, of all subjects
 * @param ledgerUsed the ledger's counters, summed up
 * @param redisUsed the counters in Redis, summed up
 * @param told what callers were told
 */
record Books(List<String> rows, long ledgerUsed, long redisUsed, Told told) {

    /**
     * What callers were told.
     *
     * @param allowed the keys of uses that were allowed
     * @param tried the keys of all uses, whatever became of them
     */
    record Told(Set<String> allowed, Set<String> tried) {
        Told {
            allowed = Set.copyOf(allowed);
            tried = Set.copyOf(tried);
        }
    }

    Books {
        rows = List.copyOf(rows);
    }

    /** Returns the uses that were allowed, and are not in the ledger. */
    Set<String> lost() {
        Set<String> lost = new HashSet<>(told.allowed());
        rows.forEach(lost::remove);
        return lost;
    }

    /** Returns what is wrong whatever happened to Redis: a use that is counted twice, or that nobody asked for. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String key : rows) {
            if (!seen.add(key)) {
                faults.add(key + " is in the ledger more than once");
            }
            if (!told.tried().contains(key)) {
                faults.add(key + " is in the ledger, and nobody used it");
            }
        }
        if (ledgerUsed != rows.size()) {
            faults.add("the ledger counts " + ledgerUsed + " units and has " + rows.size() + " rows");
        }
        return faults;
    }

    /** Returns what is wrong when Redis lost nothing: also uses that were lost, or counters that differ. */
    List<String> faultsWithoutLoss() {
        List<String> faults = new ArrayList<>(faults());
        lost().forEach(key -> faults.add(key + " was allowed and is not in the ledger"));
        if (redisUsed != ledgerUsed) {
            faults.add("Redis counts " + redisUsed + " units and the ledger " + ledgerUsed);
        }
        return faults;
    }
}
