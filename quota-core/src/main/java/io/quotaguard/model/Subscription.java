package io.quotaguard.model;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which plans a subject has, over time. Immutable.
 *
 * <p>The plan in force is derived from the instant, never switched by a job: each phase starts at its own instant, or
 * for each feature at the end of the window that was open then (R21).
 *
 * @param subject whose subscription it is
 * @param startedAt when it was bought, to the microsecond; its terms are counted from there
 * @param phases the plans in the order they were asked for; the first is in force from its instant on
 * @param term how long it runs, and what comes after it
 * @param cadence zone and anchor of the subject's windows, with their history (R17)
 */
public record Subscription(String subject, Instant startedAt, List<Phase> phases, Term term, Cadence cadence) {
    public Subscription {
        Names.requireSubject(subject);
        startedAt = SupportedTime.require(startedAt).truncatedTo(ChronoUnit.MICROS);
        InvalidQuotaArgumentException.required("term", term);
        phases = List.copyOf(phases);
        if (phases.isEmpty()) {
            throw InvalidQuotaArgumentException.of("R4", "subscription", subject, "names no plan");
        }
    }

    /**
     * One plan of a subscription.
     *
     * @param plan the plan's code
     * @param pinnedVersion the version to stay on (R23), or null to follow the plan's edits
     * @param at when it was asked for, to the microsecond
     * @param start whether it starts at that instant or at each window's end
     */
    public record Phase(String plan, @Nullable Long pinnedVersion, Instant at, Start start) {
        public Phase {
            Names.requirePlan(plan);
        }
    }

    /** When a phase takes over from the one before it. */
    public enum Start {
        /** At its instant: usage and window are kept, the limit moves at once (R20, R21). */
        NOW,
        /** For each feature at the end of the window open at its instant (R21); a feature that never resets moves at once. */
        AT_WINDOW_END
    }

    /** Returns a subscription to one plan, bought when that phase was asked for. */
    public static Subscription to(String subject, Phase first, Term term, Cadence cadence) {
        return new Subscription(subject, first.at(), List.of(first), term, cadence);
    }

    /** Returns this subscription with one more phase. */
    public Subscription then(Phase next) {
        List<Phase> more = new ArrayList<>(phases);
        more.add(next);
        return withPhases(more);
    }

    public Subscription withPhases(List<Phase> phases) {
        return new Subscription(subject, startedAt, phases, term, cadence);
    }

    public Subscription withTerm(Term term) {
        return new Subscription(subject, startedAt, phases, term, cadence);
    }

    public Subscription withCadence(Cadence cadence) {
        return new Subscription(subject, startedAt, phases, term, cadence);
    }

    /** Returns the plan that was asked for last. */
    public Phase latest() {
        return phases.get(phases.size() - 1);
    }

    /** Tells whether the subscription has ended by {@code now}, and the fallback is in force. */
    public boolean endedBy(Instant now) {
        return term.endedBy(now);
    }

    /** Tells whether a phase, past ones included, or the term's fallback names the plan. */
    public boolean names(String plan) {
        return plan.equals(term.fallback())
                || phases.stream().anyMatch(phase -> phase.plan().equals(plan));
    }

    /**
     * Tells whether the plan is in force at {@code now} or may still come, for any feature.
     *
     * @param terms finds a phase's version of its plan
     */
    public boolean needs(String plan, Instant now, Function<Phase, @Nullable Plan> terms) {
        if (plan.equals(term.fallback())) {
            return true;
        }
        for (int i = 0; i < phases.size() && !endedBy(now); i++) {
            if (phases.get(i).plan().equals(plan) && !isOver(i, now, terms)) {
                return true;
            }
        }
        return false;
    }

    /** A phase is over when the one after it has taken over for every feature (R21). */
    private boolean isOver(int position, Instant now, Function<Phase, @Nullable Plan> terms) {
        if (position + 1 == phases.size()) {
            return false;
        }
        Phase next = phases.get(position + 1);
        if (next.at().isAfter(now)) {
            return false;
        }
        Plan plan = terms.apply(phases.get(position));
        if (next.start() == Start.NOW || plan == null) {
            return true;
        }
        return plan.features().values().stream()
                .map(feature -> cadence.windowAt(feature.period(), next.at()).end())
                .allMatch(end -> end == null || !end.isAfter(now));
    }

    /** Returns when the cycle that {@code now} falls in ends: the day of the next payment, for what is bought by the cycle. */
    public Optional<Instant> cycleEnd(Instant now) {
        return term.cycleEnd(startedAt, zone(), now);
    }

    /** Returns the zone of the subject's windows, as it was chosen last. */
    public ZoneId zone() {
        List<Cadence.Change> changes = cadence.changes();
        Anchor anchor = changes.isEmpty()
                ? cadence.first()
                : changes.get(changes.size() - 1).anchor();
        return anchor.zone();
    }
}
