package io.quotaguard.benchmarks;

import java.util.Optional;

/** What each contender leaves in Redis: for a subject, and for each use. Not thread-safe. */
final class RedisFootprint {
    private final Bed bed;
    private final Table table = new Table("bytes in Redis", "a counter", "a use, once it is kept");
    private boolean isEmpty = true;

    RedisFootprint(Bed bed) {
        this.bed = bed;
    }

    /**
     * Adds one who has used a unit of every subject, and then one more of those that have room.
     *
     * @param before how many bytes there were before all of it
     * @param opened how many there were between the two
     */
    void add(Entrant entrant, long before, long opened) {
        double use = (double) (bed.bytesInRedis() - opened) / bed.subjects().size();
        double counter = (double) (opened - before) / bed.subjects().all() - use;
        table.row(entrant.word(), Math.round(counter), Math.round(use));
        isEmpty = false;
    }

    Optional<Table> table() {
        return isEmpty ? Optional.empty() : Optional.of(table);
    }
}
