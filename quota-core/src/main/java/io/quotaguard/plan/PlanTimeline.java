package io.quotaguard.plan;

import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of a subscription's plans is in force for one feature, and from when.
 *
 * <p>Derived per feature, because a plan that starts at the window's end starts at midnight for a daily feature and on
 * the first of the month for a monthly one (R21). A phase asked for later replaces those that had not started by then.
 */
final class PlanTimeline {
    private final List<Span> spans = new ArrayList<>();

    /** A phase, from its start until the next span's. */
    private record Span(Instant from, Phase phase) {}

    /** The phase in force at an instant, since when, and when the next takes over. */
    record InForce(
            Phase phase, @Nullable Instant since, @Nullable Instant until) {}

    private PlanTimeline() {}

    static PlanTimeline of(SubjectCatalog catalog, Subscription subscription, String feature) {
        PlanTimeline timeline = new PlanTimeline();
        for (Phase phase : subscription.phases()) {
            Instant from =
                    timeline.spans.isEmpty() ? Instant.MIN : timeline.startOf(phase, catalog, subscription, feature);
            timeline.spans.removeIf(pending -> !pending.from().isBefore(from));
            timeline.spans.add(new Span(from, phase));
        }
        return timeline;
    }

    InForce at(Instant instant) {
        int last = 0;
        while (last + 1 < spans.size() && !instant.isBefore(spans.get(last + 1).from())) {
            last++;
        }
        Instant until = last + 1 < spans.size() ? spans.get(last + 1).from() : null;
        Instant since = last > 0 ? spans.get(last).from() : null;
        return new InForce(spans.get(last).phase(), since, until);
    }

    /** Tells whether both say the same from {@code instant} on. */
    boolean agreesFrom(Instant instant, PlanTimeline other) {
        return since(instant).equals(other.since(instant));
    }

    /** Returns the phases that are in force at {@code instant} or still to come. */
    Set<Phase> phasesFrom(Instant instant) {
        Set<Phase> phases = new LinkedHashSet<>();
        since(instant).forEach(span -> phases.add(span.phase()));
        return phases;
    }

    private List<Span> since(Instant instant) {
        List<Span> rest = new ArrayList<>();
        rest.add(new Span(Instant.MIN, at(instant).phase()));
        spans.stream().filter(span -> span.from().isAfter(instant)).forEach(rest::add);
        return rest;
    }

    private Instant startOf(Phase phase, SubjectCatalog catalog, Subscription subscription, String feature) {
        if (phase.start() == Start.NOW) {
            return phase.at();
        }
        Phase before = at(phase.at()).phase();
        Optional<PlanFeature> terms =
                catalog.plan(before.plan(), before.pinnedVersion()).flatMap((Plan plan) -> plan.feature(feature));
        // What the plan before does not offer has no window to wait for, nor has a window without an end.
        return terms.map(PlanFeature::period)
                .flatMap(period ->
                        subscription.cadence().windowAt(period, phase.at()).resetsAt())
                .orElse(phase.at());
    }
}
