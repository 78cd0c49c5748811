package io.quotaguard.memory;

import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads of single rows, of one counter, and over all subjects. Thread-safe; no two meters are locked at once. */
final class LedgerReads {
    private static final Comparator<TopUser> MOST_FIRST =
            Comparator.comparingLong(TopUser::units).reversed().thenComparing(TopUser::subject);

    private final StoreParts parts;

    LedgerReads(StoreParts parts) {
        this.parts = parts;
    }

    /** Looks through every counter: no index is kept for what only a correction by number asks. */
    Optional<UsageRecord> record(long id, Deadline deadline) {
        for (Owner owner : parts.meters().owners()) {
            Meter meter = parts.meters().lock(owner, deadline, null);
            try {
                for (WindowCounter counter : meter.counters()) {
                    LedgerEntry entry = counter.log().find(id);
                    if (entry != null) {
                        return Optional.of(entry).filter(LedgerEntry::isRow).map(LedgerEntry::row);
                    }
                }
            } finally {
                parts.meters().release(meter);
            }
        }
        return Optional.empty();
    }

    List<UsageRecord> use(Owner owner, String key, Deadline deadline) {
        Meter meter = parts.meters().lock(owner, deadline, null);
        try {
            LedgerEntry use = meter.remembered(key);
            if (use != null && use.more().reservation() != null) {
                List<LedgerEntry> charged = use.more().reservation().charged();
                use = charged.isEmpty() ? null : charged.get(0);
            }
            return use == null || !use.isUse() ? List.of() : rows(use);
        } finally {
            parts.meters().release(meter);
        }
    }

    private static List<UsageRecord> rows(LedgerEntry use) {
        List<UsageRecord> rows = new ArrayList<>(List.of(use.row()));
        use.more().onBehalf().forEach(entry -> rows.add(entry.row()));
        return rows;
    }

    Optional<HeldUnits> reservation(UUID id, Deadline deadline) {
        Reservation reservation = parts.meters().reservations().get(id);
        if (reservation == null) {
            return Optional.empty();
        }
        Owner owner = reservation.lines().get(0).counter().owner();
        Meter meter = parts.meters().lock(owner, deadline, null);
        try {
            return Optional.of(reservation.read(parts.clock().instant()));
        } finally {
            parts.meters().release(meter);
        }
    }

    List<TopUser> top(String feature, Instant from, Instant to, int max, Deadline deadline) {
        List<TopUser> top = new ArrayList<>();
        for (Owner owner : parts.meters().owners()) {
            if (owner.feature().equals(feature)) {
                TopUser current = user(owner, from, to, deadline);
                if (current != null) {
                    top.add(current);
                }
            }
        }
        top.sort(MOST_FIRST);
        return List.copyOf(top.subList(0, Math.min(max, top.size())));
    }

    private @Nullable TopUser user(Owner owner, Instant from, Instant to, Deadline deadline) {
        WideSum sum = new WideSum();
        long uses = 0;
        for (List<LedgerEntry> view : views(owner, null, deadline)) {
            for (LedgerEntry entry : view) {
                boolean inTime = !entry.at().isBefore(from) && entry.at().isBefore(to);
                if (inTime && entry.isRow() && entry.more().origin() == null) {
                    sum.add(entry.delta());
                    uses += entry.isUse() ? 1 : 0;
                }
            }
        }
        long units = sum.nearest();
        return units == 0 && uses == 0 ? null : new TopUser(owner.subject(), units, uses);
    }

    /** Returns the entries of one counter. */
    List<LedgerEntry> view(Owner owner, Window window, Deadline deadline) {
        List<List<LedgerEntry>> views = views(owner, window, deadline);
        return views.isEmpty() ? List.of() : views.get(0);
    }

    private List<List<LedgerEntry>> views(Owner owner, @Nullable Window window, Deadline deadline) {
        Meter meter = parts.meters().lock(owner, deadline, null);
        try {
            return meter.counters().stream()
                    .filter(counter -> window == null || counter.window().equals(window))
                    .map(counter -> counter.log().view())
                    .toList();
        } finally {
            parts.meters().release(meter);
        }
    }
}
