package io.quotaguard.spi;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of the catalog that names the state it was made for. Immutable. */
public sealed interface CatalogCommand {
    /** Returns who changes, why, and under which request key. */
    Change change();

    /** Returns what kind of thing changes, as the audit tells it. */
    Entity entity();

    /** Returns which one changes: a plan's code, or a subject. */
    String name();

    /** Returns the lines whose alerts follow the new terms; none for a change of what everyone has. */
    default List<Line> realign() {
        return List.of();
    }

    /**
     * Returns what was asked for, in words that a retry repeats exactly: a request key that comes again with other words
     * stands for another request (R8, R12). What the caller found out on the way, such as revisions and instants, is not
     * in them.
     */
    String asked();

    /**
     * Saves a plan: a new one, or the next version of one that exists.
     *
     * @param plan the plan; its own version number is ignored
     * @param expectedVersion the current version that the caller read, 0 when the plan must not exist yet
     */
    record SavePlan(Plan plan, long expectedVersion, String asked, Change change) implements CatalogCommand {
        public SavePlan {
            if (plan.deleted()) {
                throw InvalidQuotaArgumentException.of(
                        "R4", "status of plan " + plan.code(), plan.status(), "is not saved; delete the plan instead");
            }
        }

        /** A plan that is wanted just as it is given. */
        public SavePlan(Plan plan, long expectedVersion, Change change) {
            this(
                    plan,
                    expectedVersion,
                    "save plan " + plan.code() + " " + AuditState.of(plan).fields(),
                    change);
        }

        @Override
        public Entity entity() {
            return Entity.PLAN;
        }

        @Override
        public String name() {
            return plan.code();
        }
    }

    /**
     * Ends a plan for good, as its last version; whoever names it has the replacement instead.
     *
     * @param code the plan's code
     * @param replacement the plan in its place; null when nothing may name the plan any more
     * @param expectedVersion the current version that the caller read
     */
    record DeletePlan(String code, @Nullable String replacement, long expectedVersion, Change change)
            implements CatalogCommand {
        @Override
        public String asked() {
            return "delete plan " + code + ", in its place " + replacement;
        }

        @Override
        public Entity entity() {
            return Entity.PLAN;
        }

        @Override
        public String name() {
            return code;
        }
    }

    /**
     * Chooses the plan of subjects without a subscription.
     *
     * @param plan its code, or null for none
     */
    record SaveDefaultPlan(@Nullable String plan, Change change) implements CatalogCommand {
        @Override
        public String asked() {
            return "default plan " + plan;
        }

        @Override
        public Entity entity() {
            return Entity.DEFAULT_PLAN;
        }

        @Override
        public String name() {
            return plan == null ? "none" : plan;
        }
    }

    /**
     * Saves a subject's subscription.
     *
     * @param subscription the subscription as it will be
     * @param expected the subject's revision that the caller read
     * @param madeAt the store's time as the caller knew it, which start and end of the subscription were worked out from;
     *     a store whose clock is further from it than {@link #CLOCK_TOLERANCE} answers {@link CatalogOutcome.StaleClock}
     *     (R19)
     * @param realign lines of the subject's features under the new terms, amount 0: for each whose counter exists, the
     *     store re-arms the alerts that its usage has fallen below and fires those that it now reaches (R29, R30)
     */
    record SaveSubscription(
            Subscription subscription, long expected, Instant madeAt, List<Line> realign, String asked, Change change)
            implements CatalogCommand {
        /** How far a change's instant may be from the store's clock: more than a change takes, less than anyone is billed by. */
        public static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

        /** Tells whether the change was made for the store's {@code now}. */
        public boolean isTimely(Instant now) {
            return Duration.between(madeAt, now).abs().compareTo(CLOCK_TOLERANCE) <= 0;
        }

        public SaveSubscription {
            realign = List.copyOf(realign);
        }

        @Override
        public Entity entity() {
            return Entity.SUBSCRIPTION;
        }

        @Override
        public String name() {
            return subscription.subject();
        }
    }

    /**
     * Saves or removes a subject's override of one feature.
     *
     * @param subject whose override
     * @param feature of what
     * @param override the override as it will be, or null to remove it
     * @param expected the subject's revision that the caller read
     * @param realign as for {@link SaveSubscription}
     */
    record SaveOverride(
            String subject,
            String feature,
            @Nullable FeatureOverride override,
            long expected,
            List<Line> realign,
            Change change)
            implements CatalogCommand {
        public SaveOverride {
            realign = List.copyOf(realign);
        }

        @Override
        public String asked() {
            return "override " + feature + " of " + subject + ": " + override;
        }

        @Override
        public Entity entity() {
            return Entity.OVERRIDE;
        }

        @Override
        public String name() {
            return subject;
        }
    }

    /**
     * Gives a subject units on top of its plan's allowance (R38).
     *
     * @param grant the grant; its own number is ignored
     * @param expected the subject's revision that the caller read
     * @param realign as for {@link SaveSubscription}
     */
    record SaveGrant(Grant grant, long expected, List<Line> realign, Change change) implements CatalogCommand {
        public SaveGrant {
            realign = List.copyOf(realign);
        }

        @Override
        public String asked() {
            return "grant " + grant;
        }

        @Override
        public Entity entity() {
            return Entity.GRANT;
        }

        @Override
        public String name() {
            return grant.subject();
        }
    }

    /**
     * Takes back what is left of a grant.
     *
     * @param subject whose grant
     * @param id its number
     * @param expected the subject's revision that the caller read
     * @param realign as for {@link SaveSubscription}
     */
    record VoidGrant(String subject, long id, long expected, List<Line> realign, Change change)
            implements CatalogCommand {
        public VoidGrant {
            realign = List.copyOf(realign);
        }

        @Override
        public String asked() {
            return "void grant " + id;
        }

        @Override
        public Entity entity() {
            return Entity.GRANT;
        }

        @Override
        public String name() {
            return subject;
        }
    }

    /**
     * Lets a subject belong to a pool, or to none (R40). The store refuses a membership that would lead back to the
     * subject, or stand more than {@link #MAX_POOL_LEVELS} levels high, whatever is changed at the same time.
     *
     * @param subject who
     * @param pool the subject to whose pool it belongs from now on, or null
     * @param expected the subject's revision that the caller read
     */
    record SaveMembership(String subject, @Nullable String pool, long expected, Change change)
            implements CatalogCommand {
        /** The most levels that are charged for one use: a user, a team, an organisation, and one more. */
        public static final int MAX_POOL_LEVELS = 4;

        @Override
        public String asked() {
            return "pool of " + subject + ": " + pool;
        }

        @Override
        public Entity entity() {
            return Entity.MEMBERSHIP;
        }

        @Override
        public String name() {
            return subject;
        }
    }
}
