package io.quotaguard.plan;

import static io.quotaguard.plan.CatalogAccess.required;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.model.UnknownPlanException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who has which plan, from when until when, in which zone, and with which overrides (R17, R20–R24). Thread-safe.
 *
 * <p>Nothing here runs on a schedule: what a subscription gives is derived from the instant, so that it ends, renews or
 * changes at its exact moment with every job stopped (R18).
 */
public final class Subscriptions {
    private final CatalogAccess access;
    private final SubscriptionSteps steps;
    private final Overrides overrides;
    private final SubjectPreviews previews;

    /** Made by the front door; hosts get theirs from {@code quota.subscriptions()}. */
    public Subscriptions(CatalogAccess access) {
        this.access = access;
        this.steps = new SubscriptionSteps(access);
        this.overrides = new Overrides(access);
        this.previews = new SubjectPreviews(access);
    }

    /**
     * Gives {@code subject} the plan at once and until it is cancelled, with windows cut in UTC; a subject that has a plan
     * keeps its windows and what it used (R20).
     *
     * @throws UnknownPlanException when there is no such plan
     */
    public Subscription subscribe(String subject, String plan, Change change) {
        return steps.buy(subject, plan, Term.OPEN, null, required(change));
    }

    /**
     * Gives {@code subject} the plan at once, with windows cut from {@code anchor} on; for a subject that has windows
     * already, be it by the default plan, the anchor counts from the end of each (R17).
     */
    public Subscription subscribe(String subject, String plan, Anchor anchor, Change change) {
        return subscribe(subject, plan, Term.OPEN, anchor, change);
    }

    /**
     * Gives {@code subject} the plan at once for a term: a trial, a fixed time, or cycle after cycle. Without a fallback of
     * its own, a term that ends takes the one that the plan names now, and another the one at the time it is cancelled.
     */
    public Subscription subscribe(String subject, String plan, Term term, Change change) {
        Term wished = InvalidQuotaArgumentException.required("term", term);
        return steps.buy(subject, plan, wished, null, required(change));
    }

    /** Gives {@code subject} the plan at once for a term, with windows cut from {@code anchor} on (R17). */
    public Subscription subscribe(String subject, String plan, Term term, Anchor anchor, Change change) {
        Term wished = InvalidQuotaArgumentException.required("term", term);
        Anchor from = InvalidQuotaArgumentException.required("anchor (R16)", anchor);
        return steps.buy(subject, plan, wished, from, required(change));
    }

    /**
     * Moves {@code subject} to another plan: at once when no limit gets lower, and otherwise, for each feature, at the
     * end of its window (R20, R21). The term goes on.
     *
     * @throws CatalogConflictException when the subscription has ended
     */
    public Subscription changePlan(String subject, String plan, Change change) {
        return steps.move(subject, plan, null, null, required(change));
    }

    /** Moves {@code subject} to another plan, at once or at each window's end; the term goes on. */
    public Subscription changePlan(String subject, String plan, Start start, Change change) {
        Start when = InvalidQuotaArgumentException.required("start (R21)", start);
        return steps.move(subject, plan, null, when, required(change));
    }

    /** Gives {@code subject} the terms of one version of a plan, whatever edits follow (R23). */
    public Subscription pin(String subject, String plan, long version, Change change) {
        return steps.move(subject, plan, version, Start.NOW, required(change));
    }

    /** Counts the subject's windows from another anchor, or in another zone, from the end of each one on (R17). */
    public Subscription changeAnchor(String subject, Anchor anchor, Change change) {
        Anchor from = InvalidQuotaArgumentException.required("anchor (R16)", anchor);
        return steps.changeAnchor(subject, from, required(change));
    }

    /**
     * Cancels the subscription at the end of what is paid for: the term, the present cycle, or else the longest window
     * that is open (R21). Then the fallback takes over.
     *
     * @throws CatalogConflictException when there is no subscription, or it has ended
     */
    public Subscription cancel(String subject, Change change) {
        return steps.cancel(subject, false, required(change));
    }

    /** Cancels the subscription this moment; the fallback takes over at once, and what was used stays used (R21). */
    public Subscription cancelNow(String subject, Change change) {
        return steps.cancel(subject, true, required(change));
    }

    /**
     * Takes a cancellation back before it has come about.
     *
     * @throws CatalogConflictException when there is no subscription, or it has ended
     */
    public Subscription resume(String subject, Change change) {
        return steps.resume(subject, required(change));
    }

    /**
     * Adds one billing cycle to a subscription that ends: after its end while it still runs, and from now on when it has
     * ended. The cycle is the term's, or the plan's.
     *
     * @throws CatalogConflictException when there is no subscription, it runs on anyway, or neither its term nor its plan
     *     has a billing cycle
     */
    public Subscription renew(String subject, Change change) {
        return steps.renew(subject, required(change));
    }

    /** Moves the end of a trial or of a fixed term, to a later or an earlier instant, as long as it has not come. */
    public Subscription endAt(String subject, Instant end, Change change) {
        Instant at = InvalidQuotaArgumentException.required("end of the term", end);
        return steps.endAt(subject, at, required(change));
    }

    /** Returns the subject's subscription, also when it has ended. */
    public Optional<Subscription> get(String subject) {
        return Optional.ofNullable(
                access.load(Names.requireSubject(subject), access.deadline()).subscription());
    }

    /** Returns what {@code subject} may do with {@code feature} now; in a pool, with the limit of its own (R40). */
    public Entitlement entitlement(String subject, String feature) {
        return access.entitlements()
                .fresh(Names.requireSubject(subject), Names.requireFeature(feature), access.now(), access.deadline());
    }

    /**
     * Sets the override of its subject and feature, in place of an earlier one (R24).
     *
     * @throws InvalidQuotaArgumentException when it, or its end, would go back into a window of another reset period that
     *     has been used (R17)
     */
    public void override(FeatureOverride override, Change change) {
        InvalidQuotaArgumentException.required("override", override);
        overrides.save(override.subject(), override.feature(), override, required(change));
    }

    /** Removes the override of a subject's feature; without one nothing but an audit row happens. */
    public void removeOverride(String subject, String feature, Change change) {
        overrides.save(Names.requireSubject(subject), Names.requireFeature(feature), null, required(change));
    }

    /** Returns the subject's overrides, expired ones included. */
    public List<FeatureOverride> overrides(String subject) {
        return access.load(Names.requireSubject(subject), access.deadline()).overrides();
    }

    /** Returns who has an override, by subject and feature, expired ones included. */
    public List<FeatureOverride> overrides(OverrideQuery query) {
        return access.catalog().overrides(InvalidQuotaArgumentException.required("query", query), access.deadline());
    }

    /** Tells what moving a subject to another plan would do, before anything is changed. */
    public Preview preview(String subject, String plan, @Nullable Start start) {
        return previews.move(Names.requireSubject(subject), Names.requirePlan(plan), start);
    }

    /** Tells what setting an override would do, before anything is changed. */
    public Preview preview(FeatureOverride override) {
        return previews.override(InvalidQuotaArgumentException.required("override", override));
    }

    /** Returns the newest {@code limit} audit rows of a subject, newest first (R44). */
    public List<CatalogEntry> history(String subject, int limit) {
        CatalogQuery query = CatalogQuery.about(Entity.SUBSCRIPTION, Entity.OVERRIDE)
                .name(Names.requireSubject(subject))
                .pageSize(limit);
        return access.catalog().history(query, access.deadline());
    }
}
