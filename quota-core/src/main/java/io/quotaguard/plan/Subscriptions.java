package io.quotaguard.plan;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.Plan;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.UnknownPlanException;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.Deadline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who has which plan, from when, in which zone, and with which overrides (R17, R20–R24). Thread-safe. */
public final class Subscriptions {
    private final CatalogAccess access;

    /** Made by the front door; hosts get theirs from {@code quota.subscriptions()}. */
    public Subscriptions(CatalogAccess access) {
        this.access = access;
    }

    /**
     * Gives {@code subject} the plan at once, with windows cut in UTC; a subject that has a plan keeps its windows and
     * what it used (R20).
     *
     * @throws UnknownPlanException when there is no such plan
     */
    public Subscription subscribe(String subject, String plan, Change change) {
        return save(new Wish(subject, plan, Start.NOW, null, null), change);
    }

    /**
     * Gives {@code subject} the plan at once, with windows cut from {@code anchor} on; for a subject that has windows
     * already, be it by the default plan, the anchor counts from the end of each (R17).
     */
    public Subscription subscribe(String subject, String plan, Anchor anchor, Change change) {
        Anchor from = InvalidQuotaArgumentException.required("anchor (R16)", anchor);
        return save(new Wish(subject, plan, Start.NOW, null, from), change);
    }

    /**
     * Moves {@code subject} to another plan: at once when no limit gets lower, and otherwise, for each feature, at the
     * end of its window (R20, R21).
     */
    public Subscription changePlan(String subject, String plan, Change change) {
        return save(new Wish(subject, plan, null, null, null), change);
    }

    /** Moves {@code subject} to another plan, at once or at each window's end. */
    public Subscription changePlan(String subject, String plan, Start start, Change change) {
        Start when = InvalidQuotaArgumentException.required("start (R21)", start);
        return save(new Wish(subject, plan, when, null, null), change);
    }

    /** Gives {@code subject} the terms of one version of a plan, whatever edits follow (R23). */
    public Subscription pin(String subject, String plan, long version, Change change) {
        return save(new Wish(subject, plan, Start.NOW, version, null), change);
    }

    /** Returns the subject's subscription. */
    public Optional<Subscription> get(String subject) {
        return Optional.ofNullable(
                load(Names.requireSubject(subject), access.deadline()).subscription());
    }

    /** Returns what {@code subject} may do with {@code feature} now. */
    public Entitlement entitlement(String subject, String feature) {
        SubjectCatalog catalog = load(Names.requireSubject(subject), access.deadline());
        return EntitlementResolver.resolve(catalog, Names.requireFeature(feature), access.now());
    }

    /** Sets the override of its subject and feature, in place of an earlier one (R24). */
    public void override(FeatureOverride override, Change change) {
        InvalidQuotaArgumentException.required("override", override);
        saveOverride(override.subject(), override.feature(), override, change);
    }

    /** Removes the override of a subject's feature; without one nothing but an audit row happens. */
    public void removeOverride(String subject, String feature, Change change) {
        saveOverride(Names.requireSubject(subject), Names.requireFeature(feature), null, change);
    }

    /** Returns the subject's overrides, expired ones included. */
    public List<FeatureOverride> overrides(String subject) {
        return load(Names.requireSubject(subject), access.deadline()).overrides();
    }

    /** Returns the newest {@code limit} audit rows of a subject, newest first (R44). */
    public List<CatalogEntry> history(String subject, int limit) {
        Set<Entity> entities = Set.of(Entity.SUBSCRIPTION, Entity.OVERRIDE);
        CatalogQuery query = new CatalogQuery(entities, Names.requireSubject(subject), null, limit);
        return access.catalog().history(query, access.deadline());
    }

    /** How a subscription is to change. A null start lets the limits decide; a null anchor keeps the cadence. */
    private record Wish(
            String subject,
            String plan,
            @Nullable Start start,
            @Nullable Long pinnedVersion,
            @Nullable Anchor anchor) {
        Wish {
            Names.requireSubject(subject);
            Names.requirePlan(plan);
        }
    }

    private Subscription save(Wish wish, Change change) {
        InvalidQuotaArgumentException.required("change (who, R44)", change);
        List<Subscription> saved = new ArrayList<>();
        access.applyFresh(access.deadline(), (now, deadline) -> {
            SaveSubscription command = command(wish, change, now, deadline);
            saved.add(command.subscription());
            return command;
        });
        access.entitlements().forget(wish.subject());
        return saved.get(saved.size() - 1);
    }

    private SaveSubscription command(Wish wish, Change change, Instant now, Deadline deadline) {
        SubjectCatalog found = load(wish.subject(), deadline);
        String code = wish.plan();
        Long version = wish.pinnedVersion();
        Plan current = plan(code, access.catalog().plan(code, deadline));
        Plan terms = version == null ? current : plan(code, access.catalog().plan(code, version, deadline));
        SubscriptionChange step = new SubscriptionChange(found, now);
        Start start = wish.start() != null ? wish.start() : step.startFor(terms);
        Subscription changed = step.to(new Phase(code, version, now, start), current, wish.anchor());
        SubjectCatalog after = found.withSubscription(changed, current, terms);
        return new SaveSubscription(changed, found.revision(), Realignment.lines(after, now), change);
    }

    private Plan plan(String code, Optional<Plan> found) {
        return found.orElseThrow(
                () -> new UnknownPlanException(code, access.store().name()));
    }

    private void saveOverride(String subject, String feature, @Nullable FeatureOverride override, Change change) {
        InvalidQuotaArgumentException.required("change (who, R44)", change);
        access.applyFresh(access.deadline(), (now, deadline) -> {
            SubjectCatalog found = load(subject, deadline);
            List<FeatureOverride> changed = new ArrayList<>(found.overrides());
            changed.removeIf(other -> other.feature().equals(feature));
            if (override != null) {
                changed.add(override);
            }
            SubjectCatalog after = found.withOverrides(changed);
            return (CatalogCommand) new SaveOverride(
                    subject, feature, override, found.revision(), Realignment.lines(after, now), change);
        });
        access.entitlements().forget(subject);
    }

    private SubjectCatalog load(String subject, Deadline deadline) {
        return access.catalog().load(subject, deadline);
    }
}
