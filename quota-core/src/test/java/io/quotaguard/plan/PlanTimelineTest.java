package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Cadence;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Which plan is in force for a feature")
class PlanTimelineTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Instant MIDNIGHT = Instant.parse("2026-03-11T00:00:00Z");
    private static final Instant APRIL = Instant.parse("2026-04-01T00:00:00Z");
    private static final Phase FIRST = phase("pro", START, Start.NOW);
    private static final Phase NEXT = phase("free", NOON, Start.AT_WINDOW_END);

    private static Phase phase(String plan, Instant at, Start start) {
        return new Phase(plan, null, at, start);
    }

    private static PlanTimeline of(String feature, Phase... phases) {
        Subscription subscription = new Subscription("u", START, List.of(phases), Term.OPEN, Cadence.DEFAULT);
        Plan pro = Plan.named("pro")
                .limit("daily", 100, ResetPeriod.DAILY)
                .limit("monthly", 100, ResetPeriod.MONTHLY)
                .limit("ever", 100, ResetPeriod.NEVER)
                .build()
                .withVersion(1);
        SubjectCatalog catalog = new SubjectCatalog(
                "u",
                1,
                subscription,
                List.of(),
                Map.of("pro", pro),
                List.of(),
                SubjectCatalog.DefaultPlan.NONE,
                null,
                Set.of());
        return PlanTimeline.of(catalog, subscription, feature);
    }

    @Test
    @DisplayName("R21: the next plan takes over when the feature's own window ends, from that instant on")
    void atWindowEnd() {
        assertThat(of("daily", FIRST, NEXT).at(MIDNIGHT.minusNanos(1)))
                .isEqualTo(new PlanTimeline.InForce(FIRST, null, MIDNIGHT));
        assertThat(of("daily", FIRST, NEXT).at(MIDNIGHT)).isEqualTo(new PlanTimeline.InForce(NEXT, MIDNIGHT, null));
        assertThat(of("monthly", FIRST, NEXT).at(MIDNIGHT)).isEqualTo(new PlanTimeline.InForce(FIRST, null, APRIL));
    }

    @Test
    @DisplayName("R20, R21: it takes over at once when asked to, and where there is no window to wait for")
    void atOnce() {
        PlanTimeline.InForce now = new PlanTimeline.InForce(NEXT, NOON, null);
        assertThat(of("ever", FIRST, NEXT).at(NOON)).isEqualTo(now);
        assertThat(of("unknown", FIRST, NEXT).at(NOON)).isEqualTo(now);
        Phase upgrade = phase("max", NOON, Start.NOW);
        assertThat(of("monthly", FIRST, upgrade).at(NOON)).isEqualTo(new PlanTimeline.InForce(upgrade, NOON, null));
    }

    @Test
    @DisplayName("R22: a plan asked for later replaces those that had not started by then, one that starts with it too")
    void replaced() {
        Phase back = phase("pro", NOON.plusSeconds(60), Start.AT_WINDOW_END);
        assertThat(of("daily", FIRST, NEXT, back).phasesFrom(NOON)).containsExactly(FIRST, back);
        Phase late = phase("max", MIDNIGHT.plusSeconds(60), Start.NOW);
        assertThat(of("daily", FIRST, NEXT, late).phasesFrom(NOON)).containsExactly(FIRST, NEXT, late);
        assertThat(of("monthly", FIRST, NEXT, late).phasesFrom(NOON)).containsExactly(FIRST, late);
    }

    @Test
    @DisplayName("R21: the plans that count from an instant on are the one in force and those to come")
    void phasesFrom() {
        PlanTimeline timeline = of("daily", FIRST, NEXT);
        assertThat(timeline.phasesFrom(NOON)).containsExactly(FIRST, NEXT);
        assertThat(timeline.phasesFrom(MIDNIGHT.minusNanos(1))).containsExactly(FIRST, NEXT);
        assertThat(timeline.phasesFrom(MIDNIGHT)).containsExactly(NEXT);
    }

    @Test
    @DisplayName("R21: two timelines agree from where they say the same, whatever they said before")
    void agrees() {
        PlanTimeline changing = of("daily", FIRST, NEXT);
        assertThat(changing.agreesFrom(NOON, of("daily", FIRST))).isFalse();
        assertThat(changing.agreesFrom(NOON, of("daily", FIRST, NEXT))).isTrue();
        assertThat(changing.agreesFrom(MIDNIGHT, of("daily", NEXT))).isTrue();
        assertThat(changing.agreesFrom(MIDNIGHT.minusNanos(1), of("daily", NEXT)))
                .isFalse();
    }
}
