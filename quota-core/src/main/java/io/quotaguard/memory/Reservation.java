package io.quotaguard.memory;

import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.ReservationState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A hold, and what became of it. Only changed by who has locked the meters of all its lines, so that whoever has locked
 * one of them sees it whole.
 */
final class Reservation {
    private final UUID id;
    private final String key;
    private long units;
    private final Map<String, String> metadata;
    private final List<HeldLine> lines = new ArrayList<>();
    private Instant expiresAt;
    /** Written under the lock of any of its counters, once one of them has let go of it. */
    private volatile ReservationState state = ReservationState.HELD;
    /** What its commit wrote, the use itself first. */
    private List<LedgerEntry> charged = List.of();

    Reservation(UUID id, String key, long units, Map<String, String> metadata, Instant expiresAt) {
        this.id = id;
        this.key = key;
        this.units = units;
        this.metadata = metadata;
        this.expiresAt = expiresAt;
    }

    UUID id() {
        return id;
    }

    String key() {
        return key;
    }

    /** Returns the units of the use that were held. */
    long units() {
        return units;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    Instant expiresAt() {
        return expiresAt;
    }

    /** Returns its lines, that of the use itself first. */
    List<HeldLine> lines() {
        return lines;
    }

    List<LedgerEntry> charged() {
        return charged;
    }

    /** Returns what has become of it by {@code now}: nobody has to notice that its time ran out (R35). */
    ReservationState stateAt(Instant now) {
        return state == ReservationState.HELD && !expiresAt.isAfter(now) ? ReservationState.EXPIRED : state;
    }

    /** Begins to count in the counters of its lines. */
    void hold(List<HeldLine> held) {
        lines.addAll(held);
        held.forEach(line -> line.counter().holds().add(line));
    }

    void commit(List<LedgerEntry> entries) {
        charged = entries;
        end(ReservationState.COMMITTED);
    }

    /** Holds no more than so many units from now on, of its one line; with none it has ended. */
    void keep(long left) {
        if (left == 0) {
            release();
        } else if (left < units) {
            HeldLine line = lines.get(0);
            line.counter().holds().remove(line);
            HeldLine less = new HeldLine(this, line.counter(), line.origin(), left);
            line.counter().holds().add(less);
            lines.set(0, less);
            units = left;
        }
    }

    void release() {
        end(ReservationState.RELEASED);
    }

    /** Stays expired from now on, whatever the clock shows later: a counter has let go of its units. */
    void expire() {
        state = ReservationState.EXPIRED;
    }

    private void end(ReservationState reached) {
        lines.forEach(line -> line.counter().holds().remove(line));
        state = reached;
    }

    void extend(Instant until) {
        // Their place among the counter's holds depends on it.
        lines.forEach(line -> line.counter().holds().remove(line));
        expiresAt = until;
        lines.forEach(line -> line.counter().holds().add(line));
    }

    HeldUnits read(Instant now) {
        List<HeldUnits.HeldLine> read = lines.stream()
                .map(line -> new HeldUnits.HeldLine(
                        line.counter().owner().subject(),
                        line.counter().owner().feature(),
                        line.counter().window(),
                        line.origin()))
                .toList();
        return new HeldUnits(id, key, units, expiresAt, stateAt(now), read);
    }
}
