package io.quotaguard.testing;

import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The catalog of {@link ModelQuota}: what each subject may do, and in which window, as plainly as can be. */
final class ModelCatalog {
    private final Map<String, List<Plan>> plans = new HashMap<>();
    private final Map<String, Subject> subjects = new HashMap<>();
    private @Nullable String defaultPlan;

    /** A plan that a subject has, at its current version or pinned to its first. */
    private record Choice(String plan, boolean pinned) {}

    /** A choice that takes over later. */
    private record Pending(Choice choice, Instant from) {}

    private static final class Subject {
        private ZoneId zone = ZoneId.of("UTC");
        private final Map<String, Choice> choices = new HashMap<>();
        private final Map<String, Pending> pending = new HashMap<>();
        private final Map<String, Step.Overriding> overrides = new HashMap<>();

        void settle(String feature, Instant now) {
            Pending next = pending.get(feature);
            if (next != null && !now.isBefore(next.from())) {
                choices.put(feature, next.choice());
                pending.remove(feature);
            }
        }
    }

    ModelCatalog(List<Plan> firstVersions) {
        firstVersions.forEach(plan -> plans.put(plan.code(), new ArrayList<>(List.of(plan))));
    }

    ZoneId zone(String subject) {
        return subject(subject).zone;
    }

    /**
     * Carries out a change of the catalog.
     *
     * @param pooled whether whom it is about is a member of a pool
     */
    void change(Step step, boolean pooled, Instant now) {
        if (step instanceof Step.Subscribe change) {
            Subject subject = subject(change.subject());
            subject.zone = change.zone() == null ? subject.zone : change.zone();
            choose(change.subject(), new Choice(change.plan(), false));
        } else if (step instanceof Step.Pin change) {
            choose(change.subject(), new Choice(change.plan(), true));
        } else if (step instanceof Step.ChangePlan change) {
            changePlan(change, pooled, now);
        } else if (step instanceof Step.Overriding change) {
            subject(change.subject()).overrides.put(change.feature(), change);
        } else if (step instanceof Step.RemoveOverride change) {
            subject(change.subject()).overrides.remove(change.feature());
        } else if (step instanceof Step.EditPlan edit) {
            Map<String, PlanFeature> features =
                    new HashMap<>(current(edit.plan()).features());
            features.put(edit.terms().feature(), edit.terms());
            Plan.Builder plan = Plan.named(edit.plan());
            features.values().forEach(plan::feature);
            versions(edit.plan()).add(plan.build().withActive(edit.active()));
        } else if (step instanceof Step.SetDefault choice) {
            defaultPlan = choice.plan();
        }
    }

    private void choose(String subject, Choice choice) {
        SequencePlans.PERIODS
                .keySet()
                .forEach(feature -> subject(subject).choices.put(feature, choice));
        subject(subject).pending.clear();
    }

    private void changePlan(Step.ChangePlan change, boolean pooled, Instant now) {
        Subject subject = subject(change.subject());
        Choice choice = new Choice(change.plan(), false);
        boolean waits =
                change.start() == Start.AT_WINDOW_END || (change.start() == null && lowers(change, pooled, now));
        if (!waits || subject.choices.isEmpty()) {
            choose(change.subject(), choice);
            return;
        }
        for (String feature : SequencePlans.PERIODS.keySet()) {
            subject.settle(feature, now);
            boolean has = version(subject.choices.get(feature)).features().containsKey(feature);
            Instant end = has ? window(feature, subject.zone, now).end() : null;
            if (end == null) {
                subject.choices.put(feature, choice);
                subject.pending.remove(feature);
            } else {
                subject.pending.put(feature, new Pending(choice, end));
            }
        }
    }

    private boolean lowers(Step.ChangePlan change, boolean pooled, Instant now) {
        for (String feature : SequencePlans.PERIODS.keySet()) {
            ModelTerms before = terms(change.subject(), feature, !pooled, now);
            PlanFeature after = current(change.plan()).features().get(feature);
            if (before.refusal() == null
                    && (after == null
                            || isLower(after.limit(), before.limit())
                            || isLower(ceiling(after.limit(), after.overage()), before.ceiling()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLower(Limit limit, Limit other) {
        return limit.units() >= 0 && (other.units() < 0 || limit.units() < other.units());
    }

    /**
     * Returns what the subject has by itself.
     *
     * @param byDefault whether the default plan is for it when it has none of its own
     */
    ModelTerms terms(String name, String feature, boolean byDefault, Instant now) {
        Subject subject = subject(name);
        subject.settle(feature, now);
        Choice choice = subject.choices.get(feature);
        LimitSource.Kind kind = choice == null ? LimitSource.Kind.DEFAULT : LimitSource.Kind.PLAN;
        if (choice == null && byDefault && defaultPlan != null) {
            choice = new Choice(defaultPlan, false);
        }
        if (choice == null) {
            return ModelTerms.refusing(RefusalReason.NO_PLAN, LimitSource.NONE);
        }
        long number = choice.pinned() ? 1 : versions(choice.plan()).size();
        LimitSource source = new LimitSource(kind, choice.plan(), number);
        if (!current(choice.plan()).active()) {
            return ModelTerms.refusing(RefusalReason.PLAN_INACTIVE, source);
        }
        PlanFeature terms = version(choice).features().get(feature);
        if (terms == null) {
            return ModelTerms.refusing(RefusalReason.NO_FEATURE, source);
        }
        ModelTerms byPlan = new ModelTerms(
                null,
                terms.limit(),
                ceiling(terms.limit(), terms.overage()),
                terms.thresholds(),
                window(feature, subject.zone, now),
                source,
                terms.draw());
        return overridden(subject, feature, byPlan, terms.overage(), now);
    }

    /** Returns the terms of somebody without a limit, or with the override's as a cap. */
    ModelTerms capped(String name, String feature, ModelTerms open, Instant now) {
        return overridden(subject(name), feature, open, Overage.HARD, now);
    }

    /** R24: field by field, until its exact end. */
    private static ModelTerms overridden(
            Subject subject, String feature, ModelTerms terms, Overage overage, Instant now) {
        Step.Overriding override = subject.overrides.get(feature);
        if (override == null || (override.until() != null && !now.isBefore(override.until()))) {
            return terms;
        }
        LimitSource source = terms.source();
        Limit limit = override.units() == null ? terms.limit() : Limit.of(override.units());
        return new ModelTerms(
                null,
                limit,
                ceiling(limit, override.overage() == null ? overage : override.overage()),
                terms.thresholds(),
                terms.window(),
                override.units() == null
                        ? source
                        : new LimitSource(LimitSource.Kind.OVERRIDE, source.plan(), source.planVersion()),
                terms.draw());
    }

    private static Limit ceiling(Limit limit, Overage overage) {
        if (limit.units() < 0 || overage.kind() == Overage.Kind.SOFT) {
            return Limit.of(-1);
        }
        long beyond = overage.kind() == Overage.Kind.PERCENT ? limit.units() * overage.extra() / 100 : overage.extra();
        return Limit.of(Math.min(Units.MAX, limit.units() + beyond));
    }

    private static Window window(String feature, ZoneId zone, Instant now) {
        ResetPeriod period = SequencePlans.PERIODS.get(feature);
        ZonedDateTime local = now.atZone(zone);
        if (period == ResetPeriod.HOURLY) {
            Instant start = now.truncatedTo(ChronoUnit.HOURS);
            return new Window(start, start.plus(1, ChronoUnit.HOURS));
        } else if (period == ResetPeriod.DAILY) {
            ZonedDateTime start = local.truncatedTo(ChronoUnit.DAYS);
            return new Window(start.toInstant(), start.plusDays(1).toInstant());
        } else if (period == ResetPeriod.MONTHLY) {
            ZonedDateTime start = local.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
            return new Window(start.toInstant(), start.plusMonths(1).toInstant());
        }
        return Window.PERMANENT;
    }

    private Subject subject(String name) {
        return subjects.computeIfAbsent(name, fresh -> new Subject());
    }

    private List<Plan> versions(String plan) {
        return plans.getOrDefault(plan, List.of());
    }

    private Plan current(String plan) {
        return versions(plan).get(versions(plan).size() - 1);
    }

    private Plan version(@Nullable Choice choice) {
        if (choice == null) {
            throw new IllegalStateException("a subscription has a choice for every feature");
        }
        return choice.pinned() ? versions(choice.plan()).get(0) : current(choice.plan());
    }
}
