package io.quotaguard.testing;

import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
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
    private final Map<String, List<Version>> plans = new HashMap<>();
    private final Map<String, Subject> subjects = new HashMap<>();
    private @Nullable String defaultPlan;

    /** One version of a plan. */
    private record Version(Map<String, Long> limits, boolean active) {}

    /** A plan that a subject has, at its current version or pinned to its first. */
    private record Choice(String plan, boolean pinned) {}

    /** A choice that takes over later. */
    private record Pending(Choice choice, Instant from) {}

    private record Overriding(long units, @Nullable Instant until) {}

    /** What a subject may do with a feature now. */
    record Terms(@Nullable RefusalReason refusal, Limit limit, Window window, LimitSource source) {}

    private static final class Subject {
        private ZoneId zone = ZoneId.of("UTC");
        private final Map<String, Choice> choices = new HashMap<>();
        private final Map<String, Pending> pending = new HashMap<>();
        private final Map<String, Overriding> overrides = new HashMap<>();

        void settle(String feature, Instant now) {
            Pending next = pending.get(feature);
            if (next != null && !now.isBefore(next.from())) {
                choices.put(feature, next.choice());
                pending.remove(feature);
            }
        }
    }

    ModelCatalog(Map<String, Map<String, Long>> firstVersions) {
        firstVersions.forEach((plan, limits) -> plans.put(plan, new ArrayList<>(List.of(new Version(limits, true)))));
    }

    /** Gives a subject its first plan, and the zone in which its windows are cut. */
    void subscribe(String subject, String plan, ZoneId zone) {
        subject(subject).zone = zone;
        choose(subject, new Choice(plan, false));
    }

    /** Carries out a change of the catalog; returns the one subject whom it is about, or null. */
    @Nullable
    String change(Step step, Instant now) {
        if (step instanceof Step.Subscribe change) {
            choose(change.subject(), new Choice(change.plan(), false));
            return change.subject();
        } else if (step instanceof Step.Pin change) {
            choose(change.subject(), new Choice(change.plan(), true));
            return change.subject();
        } else if (step instanceof Step.ChangePlan change) {
            changePlan(change, now);
            return change.subject();
        } else if (step instanceof Step.Overriding change) {
            subject(change.subject()).overrides.put(change.feature(), new Overriding(change.units(), change.until()));
            return change.subject();
        } else if (step instanceof Step.RemoveOverride change) {
            subject(change.subject()).overrides.remove(change.feature());
            return change.subject();
        } else if (step instanceof Step.EditPlan edit) {
            Map<String, Long> limits = new HashMap<>(current(edit.plan()).limits());
            limits.put(edit.feature(), edit.units());
            versions(edit.plan()).add(new Version(limits, edit.active()));
        } else if (step instanceof Step.SetDefault choice) {
            defaultPlan = choice.plan();
        }
        return null;
    }

    private void choose(String subject, Choice choice) {
        StepGenerator.PERIODS
                .keySet()
                .forEach(feature -> subject(subject).choices.put(feature, choice));
        subject(subject).pending.clear();
    }

    private void changePlan(Step.ChangePlan change, Instant now) {
        Subject subject = subject(change.subject());
        Choice choice = new Choice(change.plan(), false);
        boolean waits = change.start() == Start.AT_WINDOW_END || (change.start() == null && lowers(change, now));
        if (!waits || subject.choices.isEmpty()) {
            choose(change.subject(), choice);
            return;
        }
        for (String feature : StepGenerator.PERIODS.keySet()) {
            subject.settle(feature, now);
            boolean has = version(subject.choices.get(feature)).limits().containsKey(feature);
            Instant end = has ? window(feature, subject.zone, now).end() : null;
            if (end == null) {
                subject.choices.put(feature, choice);
                subject.pending.remove(feature);
            } else {
                subject.pending.put(feature, new Pending(choice, end));
            }
        }
    }

    private boolean lowers(Step.ChangePlan change, Instant now) {
        for (String feature : StepGenerator.PERIODS.keySet()) {
            Terms before = terms(change.subject(), feature, now);
            Long after = current(change.plan()).limits().get(feature);
            if (before.refusal() == null
                    && (after == null || isLower(after, before.limit().units()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLower(long units, long other) {
        return units >= 0 && (other < 0 || units < other);
    }

    Terms terms(String name, String feature, Instant now) {
        Subject subject = subject(name);
        subject.settle(feature, now);
        Choice choice = subject.choices.get(feature);
        LimitSource.Kind kind = choice == null ? LimitSource.Kind.DEFAULT : LimitSource.Kind.PLAN;
        if (choice == null && defaultPlan != null) {
            choice = new Choice(defaultPlan, false);
        }
        if (choice == null) {
            return refusing(RefusalReason.NO_PLAN, LimitSource.NONE);
        }
        long number = choice.pinned() ? 1 : versions(choice.plan()).size();
        LimitSource source = new LimitSource(kind, choice.plan(), number);
        if (!current(choice.plan()).active()) {
            return refusing(RefusalReason.PLAN_INACTIVE, source);
        }
        Long units = version(choice).limits().get(feature);
        if (units == null) {
            return refusing(RefusalReason.NO_FEATURE, source);
        }
        Window window = window(feature, subject.zone, now);
        Overriding override = subject.overrides.get(feature);
        if (override != null && (override.until() == null || now.isBefore(override.until()))) {
            LimitSource above = new LimitSource(LimitSource.Kind.OVERRIDE, choice.plan(), number);
            return new Terms(null, Limit.of(override.units()), window, above);
        }
        return new Terms(null, Limit.of(units), window, source);
    }

    private static Terms refusing(RefusalReason reason, LimitSource source) {
        return new Terms(reason, Limit.of(0), Window.PERMANENT, source);
    }

    private static Window window(String feature, ZoneId zone, Instant now) {
        ResetPeriod period = StepGenerator.PERIODS.get(feature);
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

    private List<Version> versions(String plan) {
        return plans.getOrDefault(plan, List.of());
    }

    private Version current(String plan) {
        return versions(plan).get(versions(plan).size() - 1);
    }

    private Version version(@Nullable Choice choice) {
        if (choice == null) {
            throw new IllegalStateException("a subscription has a choice for every feature");
        }
        return choice.pinned() ? versions(choice.plan()).get(0) : current(choice.plan());
    }
}
