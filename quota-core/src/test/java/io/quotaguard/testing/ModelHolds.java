package io.quotaguard.testing;

import io.quotaguard.model.ReservationState;
import io.quotaguard.testing.Step.Named;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is held, and what became of it (R34, R35). */
final class ModelHolds {
    private final Map<Named, Hold> holds = new HashMap<>();

    /** One hold. */
    static final class Hold {
        private final Named name;
        private final long units;
        private final List<ModelLine> lines;
        private final Map<String, String> metadata;
        private Instant expiresAt;
        private ReservationState state = ReservationState.HELD;
        private long committed;
        private ModelLedger.@Nullable Entry charged;

        Hold(Named name, long units, List<ModelLine> lines, Map<String, String> metadata, Instant expiresAt) {
            this.name = name;
            this.units = units;
            this.lines = List.copyOf(lines);
            this.metadata = metadata;
            this.expiresAt = expiresAt;
        }

        Named name() {
            return name;
        }

        long units() {
            return units;
        }

        /** Returns the lines as they were held, with the windows of then. */
        List<ModelLine> lines() {
            return lines;
        }

        Map<String, String> metadata() {
            return metadata;
        }

        Instant expiresAt() {
            return expiresAt;
        }

        void extend(Instant until) {
            expiresAt = until.isAfter(expiresAt) ? until : expiresAt;
        }

        /** R35: it expires at its instant, whether or not anybody looks. */
        ReservationState state(Instant now) {
            return state == ReservationState.HELD && !now.isBefore(expiresAt) ? ReservationState.EXPIRED : state;
        }

        void release() {
            state = ReservationState.RELEASED;
        }

        /** From now on it holds nothing; what it was charged as is written next. */
        void commit(long units) {
            state = ReservationState.COMMITTED;
            committed = units;
        }

        void charged(ModelLedger.Entry entry) {
            charged = entry;
        }

        /** Returns what the commit of so many units wrote, or null when it was of another number. */
        ModelLedger.@Nullable Entry charged(long units) {
            return committed == units ? charged : null;
        }
    }

    @Nullable
    Hold find(Named name) {
        return holds.get(name);
    }

    void add(Hold hold) {
        holds.put(hold.name, hold);
    }

    /** Returns the units of a counter that are held now. */
    long held(List<Object> counter, Instant now) {
        long held = 0;
        for (Hold hold : holds.values()) {
            for (ModelLine line : hold.lines) {
                boolean counts = hold.state(now) == ReservationState.HELD;
                held += counts && line.counter().equals(counter) ? line.amount() : 0;
            }
        }
        return held;
    }

    /** Returns when the first of them expires, or null. */
    @Nullable
    Instant heldUntil(List<Object> counter, Instant now) {
        Instant first = null;
        for (Hold hold : holds.values()) {
            boolean counts = hold.state(now) == ReservationState.HELD
                    && hold.lines.stream().anyMatch(line -> line.counter().equals(counter));
            first = counts && (first == null || hold.expiresAt.isBefore(first)) ? hold.expiresAt : first;
        }
        return first;
    }
}
