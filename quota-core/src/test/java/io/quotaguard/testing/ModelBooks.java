package io.quotaguard.testing;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The counters, and how things stand with each at this moment: used, held, and the limit with grants on top. */
final class ModelBooks {
    final ModelGrants grants = new ModelGrants();
    final ModelHolds holds = new ModelHolds();
    final ModelLedger ledger = new ModelLedger();
    private final Map<List<Object>, Count> counts = new HashMap<>();
    private final Map<String, List<Alert>> alerts = new HashMap<>();
    private Instant now;

    /** One counter. */
    static final class Count {
        long used;
        /** Of used, the units that came from grants. */
        long burned;
        /** The last row that took everything back. */
        long lastReset;

        private long generation;
        private final TreeSet<Integer> fired = new TreeSet<>();
    }

    ModelBooks(Instant now) {
        this.now = now;
    }

    Instant now() {
        return now;
    }

    void moveTo(Instant instant) {
        now = instant.isAfter(now) ? instant : now;
    }

    Count count(ModelLine line) {
        return counts.computeIfAbsent(line.counter(), counter -> new Count());
    }

    Counter totals(ModelLine line) {
        return new Counter(count(line).used, holds.held(line.counter(), now));
    }

    /** R38: what was used of grants in the window, and what is left of them. */
    private long topUps(ModelLine line) {
        long left = grants.active(line.subject(), line.feature(), now).stream()
                .mapToLong(ModelGrants.Given::left)
                .sum();
        return count(line).burned + left;
    }

    Limit limit(ModelLine line) {
        return plus(line.terms().limit(), topUps(line));
    }

    Limit ceiling(ModelLine line) {
        return plus(line.terms().ceiling(), topUps(line));
    }

    private static Limit plus(Limit limit, long units) {
        return limit.units() < 0 ? limit : Limit.of(Math.min(Units.MAX, limit.units() + units));
    }

    /** Returns why so many units more do not fit, or null (R1, R4, R41). */
    @Nullable
    RefusalReason refusal(ModelLine line, long units) {
        return refusal(line, units, 0);
    }

    /** The same for what is asked beyond a hold, whose own units are in nobody's way but stay taken. */
    @Nullable
    RefusalReason refusal(ModelLine line, long units, long own) {
        RefusalReason standing = line.terms().refusal();
        long ceiling = ceiling(line).units();
        Counter totals = totals(line);
        if (standing != null) {
            return standing;
        } else if (ceiling < 0 || totals.used() + totals.held() + units <= ceiling) {
            return null;
        }
        return totals.used() + own + units <= ceiling ? RefusalReason.HELD : RefusalReason.EXHAUSTED;
    }

    /** R6: whether so many units more would pass the largest sum. */
    boolean overflows(ModelLine line, long units) {
        Counter totals = totals(line);
        return totals.used() + totals.held() + units > Units.MAX;
    }

    /** Returns what is said of a line as things stand. */
    Verdict verdict(ModelLine line, @Nullable RefusalReason refusal, long overage) {
        return new Verdict(
                line.subject(),
                line.feature(),
                line.amount(),
                refusal,
                limit(line),
                totals(line),
                line.terms().refusal() == null ? line.terms().window() : null,
                line.terms().source(),
                overage,
                line.origin(),
                refusal == RefusalReason.HELD ? holds.heldUntil(line.counter(), now) : null);
    }

    /** R26-R32: what fell below is armed again, and what is reached and armed fires; in the current window alone. */
    void fire(ModelLine line, long before) {
        Count count = count(line);
        Limit limit = limit(line);
        if (limit.units() == 0 || !line.terms().window().contains(now)) {
            return;
        }
        long lowest = Math.min(before, count.used);
        if (count.fired.removeIf(percent -> limit.units() < 0 || lowest * 100 < percent * limit.units())) {
            count.generation++;
        }
        for (int percent : line.terms().thresholds().percents()) {
            if (limit.units() > 0 && count.used * 100 >= percent * limit.units() && count.fired.add(percent)) {
                Alert alert = new Alert(
                        0,
                        line.subject(),
                        line.feature(),
                        line.terms().window(),
                        percent,
                        count.generation,
                        count.used,
                        limit,
                        now,
                        false,
                        false,
                        false);
                alerts.computeIfAbsent(line.subject(), subject -> new ArrayList<>())
                        .add(alert);
            }
        }
    }

    List<Alert> alerts(String subject) {
        return alerts.getOrDefault(subject, List.of());
    }
}
