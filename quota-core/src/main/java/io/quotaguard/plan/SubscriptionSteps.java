package io.quotaguard.plan;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Change;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.Plan;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the steps of a subscription: each reads what there is, works out what shall be, and saves it unless somebody
 * else was faster, in which case it begins anew. Thread-safe.
 *
 * <p>A step that finds its work done saves nothing new rather than fail, so that a retry under its request key is answered
 * as the replay it is (R12).
 */
final class SubscriptionSteps {
    /** Where the zone was changed since, cycles end this much later at most than was agreed on. */
    private static final Duration ZONES_DIFFER = Duration.ofDays(2);

    private final CatalogAccess access;

    SubscriptionSteps(CatalogAccess access) {
        this.access = access;
    }

    Subscription buy(String subject, String plan, Term term, @Nullable Anchor anchor, Change change) {
        Names.requirePlan(plan);
        String asked = "subscribe " + subject + " to " + plan + ", " + term + ", " + anchor;
        return save(subject, asked, change, (found, now, deadline) -> {
            List<Plan> named = access.planAndReplacements(plan, deadline);
            Instant end = term.end();
            if (end != null && !end.isAfter(now)) {
                throw InvalidQuotaArgumentException.of("R21", "end of the term", end, "is not after now, " + now);
            }
            boolean ends = term.kind() == Term.Kind.TRIAL || term.kind() == Term.Kind.FIXED;
            Term agreed = ends ? term.thenPlan(fallback(term, named.get(0), deadline)) : term;
            SubjectCatalog known = knowing(found, named, agreed.fallback(), deadline);
            Phase first = new Phase(plan, null, now, Start.NOW);
            return new Step(known, new SubscriptionChange(known, now).bought(first, agreed, anchor));
        });
    }

    /** A null start lets the limits decide. */
    Subscription move(String subject, String plan, @Nullable Long version, @Nullable Start start, Change change) {
        Names.requirePlan(plan);
        String asked = "move " + subject + " to " + plan + ", version " + version + ", " + start;
        return save(subject, asked, change, (found, now, deadline) -> {
            if (found.subscription() != null && found.subscription().endedBy(now)) {
                throw ended(found.subscription(), "subscribe instead", change);
            }
            return moved(found, new Move(plan, version, start), now, deadline);
        });
    }

    /**
     * A move to another plan.
     *
     * @param plan its code
     * @param version the version to stay on, or null
     * @param start when it takes over; null lets the limits decide (R20, R21)
     */
    record Move(
            String plan, @Nullable Long version, @Nullable Start start) {}

    Step moved(SubjectCatalog found, Move move, Instant now, Deadline deadline) {
        String plan = move.plan();
        Long version = move.version();
        List<Plan> named = access.planAndReplacements(plan, deadline);
        Plan terms = version == null
                ? named.get(named.size() - 1)
                : access.catalog().plan(plan, version, deadline).orElseThrow(() -> access.unknown(plan));
        SubjectCatalog known = found.knowing(named, version == null ? null : terms);
        SubscriptionChange step = new SubscriptionChange(known, now);
        Start when = move.start() != null ? move.start() : step.startFor(terms);
        Phase next = new Phase(plan, version, now, when);
        Subscription before = found.subscription();
        if (before == null) {
            return new Step(known, step.bought(next, Term.OPEN, null));
        }
        return new Step(known, step.to(next, before));
    }

    Subscription changeAnchor(String subject, Anchor anchor, Change change) {
        return save(subject, "anchor of " + subject + ": " + anchor, change, (found, now, deadline) -> {
            Subscription before = existing(found, change);
            return new Step(found, before.withCadence(new SubscriptionChange(found, now).cadence(anchor)));
        });
    }

    Subscription cancel(String subject, boolean atOnce, Change change) {
        String asked = "cancel " + subject + (atOnce ? " at once" : "");
        return save(subject, asked, change, (found, now, deadline) -> {
            Subscription before = existing(found, change);
            Term term = before.term();
            if (before.endedBy(now) || (term.cancelledFrom() != null && !atOnce)) {
                return new Step(found, before);
            }
            Plan plan =
                    access.planAndReplacements(before.latest().plan(), deadline).get(0);
            String fallback = fallback(term, plan, deadline);
            Instant end = atOnce ? now : new SubscriptionChange(found, now).endOfWhatIsHad(before);
            SubjectCatalog known = knowing(found, List.of(plan), fallback, deadline);
            return new Step(known, before.withTerm(term.thenPlan(fallback).cancelled(end)));
        });
    }

    Subscription resume(String subject, Change change) {
        return save(subject, "resume " + subject, change, (found, now, deadline) -> {
            Subscription before = existing(found, change);
            if (before.endedBy(now)) {
                throw ended(before, "subscribe again", change);
            }
            return new Step(found, before.withTerm(before.term().cancelled(null)));
        });
    }

    Subscription renew(String subject, Change change) {
        return save(subject, "renew " + subject, change, (found, now, deadline) -> {
            Subscription before = existing(found, change);
            Term term = before.term();
            if (term.end() == null) {
                return new Step(found, before);
            }
            BillingCycle cycle = Optional.ofNullable(term.cycle())
                    .or(() -> Optional.ofNullable(
                            access.planAndReplacements(before.latest().plan(), deadline)
                                    .get(0)
                                    .offer()
                                    .billingCycle()))
                    .orElseThrow(() -> access.conflict(
                            "neither the term of " + InvalidQuotaArgumentException.escape(subject)
                                    + " nor its plan has a billing cycle; use endAt",
                            change));
            return new Step(found, renewed(before, cycle, now));
        });
    }

    /** The cycles of a term are counted from its start; one that begins after the end, or without a cycle, begins anew. */
    private static Subscription renewed(Subscription before, BillingCycle cycle, Instant now) {
        Term term = before.term();
        if (term.kind() == Term.Kind.RENEWING && !before.endedBy(now)) {
            return before.withTerm(term.cancelled(null));
        }
        boolean counted = term.cycle() != null && !before.endedBy(now);
        Instant agreed = term.end();
        Instant end = agreed == null || before.endedBy(now) ? now : agreed;
        Instant start = counted ? before.startedAt() : end;
        long ended = cycle.endedBy(end.plus(ZONES_DIFFER), start, before.zone());
        Term next = term.kind() == Term.Kind.RENEWING
                ? Term.renewing(cycle)
                : Term.once(cycle).endingAt(cycle.endOf(ended + 1, start, before.zone()));
        Subscription renewed = new Subscription(
                before.subject(), start, before.phases(), next.thenPlan(term.fallback()), before.cadence());
        if (!before.endedBy(now)) {
            return renewed;
        }
        Phase last = before.latest();
        return renewed.withPhases(List.of(new Phase(last.plan(), last.pinnedVersion(), now, Start.NOW)));
    }

    Subscription endAt(String subject, Instant end, Change change) {
        return save(subject, "end " + subject + " at " + end, change, (found, now, deadline) -> {
            Subscription before = existing(found, change);
            Term term = before.term();
            if (term.endsAt() == null) {
                throw access.conflict(
                        "the subscription of " + InvalidQuotaArgumentException.escape(subject) + " is " + term.kind()
                                + " and has no end to move; cancel it instead",
                        change);
            }
            if (before.endedBy(now)) {
                throw ended(before, "subscribe again", change);
            }
            if (!end.isAfter(now)) {
                throw InvalidQuotaArgumentException.of("R21", "end of the term", end, "is not after now, " + now);
            }
            Term moved = new Term(term.kind(), null, end, null, term.fallback());
            return new Step(found, before.withTerm(moved));
        });
    }

    private Subscription existing(SubjectCatalog found, Change change) {
        Subscription subscription = found.subscription();
        if (subscription == null) {
            throw access.conflict(
                    InvalidQuotaArgumentException.escape(found.subject()) + " has no subscription", change);
        }
        return subscription;
    }

    private RuntimeException ended(Subscription subscription, String advice, Change change) {
        return access.conflict(
                "the subscription of " + InvalidQuotaArgumentException.escape(subscription.subject()) + " ended at "
                        + subscription.term().end() + "; " + advice,
                change);
    }

    /** Returns the fallback that is agreed now: the term's own, or else the plan's, or what has taken its place. */
    private @Nullable String fallback(Term term, Plan plan, Deadline deadline) {
        if (term.fallback() != null || plan.fallback() == null) {
            return term.fallback();
        }
        List<Plan> named = access.planAndReplacements(plan.fallback(), deadline);
        return named.get(named.size() - 1).code();
    }

    private SubjectCatalog knowing(
            SubjectCatalog found, List<Plan> named, @Nullable String fallback, Deadline deadline) {
        SubjectCatalog known = found.knowing(named, null);
        return fallback == null ? known : known.knowing(access.planAndReplacements(fallback, deadline), null);
    }

    /**
     * What a step comes to.
     *
     * @param known the subject's catalog with every plan that the step names
     * @param subscription as it shall be
     */
    record Step(SubjectCatalog known, Subscription subscription) {
        SubjectCatalog after() {
            return known.withSubscription(subscription);
        }
    }

    /** Works a step out from what is found. */
    @FunctionalInterface
    private interface Make {
        Step from(SubjectCatalog found, Instant now, Deadline deadline);
    }

    private Subscription save(String subject, String asked, Change change, Make make) {
        Names.requireSubject(subject);
        Step[] last = new Step[1];
        Probe probe = new Probe(change);
        CatalogEntry entry = access.applyFresh(access.deadline(), (now, deadline) -> {
            SubjectCatalog found = access.load(subject, deadline).withReplacements();
            Step step =
                    probe.orElse(() -> make.from(found, now, deadline), () -> new Step(found, existing(found, change)));
            last[0] = step;
            long expected = probe.isUnderWay() ? Probe.NO_REVISION : found.revision();
            List<Line> realign = probe.isUnderWay() ? List.of() : Realignment.lines(step.after(), now);
            return new SaveSubscription(step.subscription(), expected, now, realign, asked, change);
        });
        access.entitlements().forget(subject);
        if (entry.revision() == last[0].known().revision() + 1) {
            return last[0].subscription();
        }
        // A replay: the step was taken before, and what it came to is what there is.
        return existing(access.load(subject, access.deadline()), change);
    }
}
