package io.quotaguard.jdbc;

import io.quotaguard.model.Cadence;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Line;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of the catalog as the store is asked for them, without the front door. */
final class Catalogs {
    static final Change TEST = Change.by("test");
    static final Instant START = Instant.parse("2026-03-10T12:00:00Z");

    private Catalogs() {}

    /** A plan with one feature {@code f} of ten units a month. */
    static Plan plan(String code, @Nullable String fallback) {
        return Plan.named(code)
                .fallback(fallback)
                .feature(PlanFeature.of("f", io.quotaguard.model.Limit.of(10), ResetPeriod.MONTHLY))
                .build();
    }

    static CatalogOutcome save(JdbcQuotaStore store, Plan plan, long expected) {
        return apply(store, new CatalogCommand.SavePlan(plan, expected, TEST));
    }

    static CatalogOutcome save(JdbcQuotaStore store, String code, @Nullable String fallback) {
        return save(store, plan(code, fallback), version(store, code));
    }

    static CatalogOutcome delete(JdbcQuotaStore store, String code, @Nullable String replacement) {
        return apply(store, new CatalogCommand.DeletePlan(code, replacement, version(store, code), TEST));
    }

    static CatalogOutcome makeDefault(JdbcQuotaStore store, @Nullable String code) {
        return apply(store, new CatalogCommand.SaveDefaultPlan(code, TEST));
    }

    static CatalogOutcome subscribe(JdbcQuotaStore store, String subject, String plan) {
        return subscribe(store, Subscription.to(subject, now(plan, START), Term.OPEN, Cadence.DEFAULT));
    }

    static CatalogOutcome subscribe(JdbcQuotaStore store, Subscription subscription) {
        long revision = revision(store, subscription.subject());
        CatalogOutcome outcome =
                apply(store, save(subscription, revision, store.clock().instant()));
        // The store's clock is set by the test, and the estimate of it knows nothing yet.
        return outcome instanceof CatalogOutcome.StaleClock stale
                ? apply(store, save(subscription, revision, stale.storeTime()))
                : outcome;
    }

    private static CatalogCommand save(Subscription subscription, long revision, Instant madeAt) {
        return new CatalogCommand.SaveSubscription(
                subscription, revision, madeAt, List.of(), "subscription " + subscription, TEST);
    }

    static CatalogOutcome override(JdbcQuotaStore store, FeatureOverride override) {
        return apply(
                store,
                new CatalogCommand.SaveOverride(
                        override.subject(),
                        override.feature(),
                        override,
                        revision(store, override.subject()),
                        List.of(),
                        TEST));
    }

    static CatalogOutcome grant(JdbcQuotaStore store, Grant grant, Line... realign) {
        return apply(
                store, new CatalogCommand.SaveGrant(grant, revision(store, grant.subject()), List.of(realign), TEST));
    }

    static CatalogOutcome voidGrant(JdbcQuotaStore store, String subject, long id, Line... realign) {
        return apply(
                store, new CatalogCommand.VoidGrant(subject, id, revision(store, subject), List.of(realign), TEST));
    }

    /** Lets a subject belong to a pool, or for null to none. */
    static CatalogOutcome pool(JdbcQuotaStore store, String subject, @Nullable String pool) {
        return apply(store, new CatalogCommand.SaveMembership(subject, pool, revision(store, subject), TEST));
    }

    static Phase now(String plan, Instant at) {
        return new Phase(plan, null, at, Start.NOW);
    }

    static Phase atWindowEnd(String plan, Instant at) {
        return new Phase(plan, null, at, Start.AT_WINDOW_END);
    }

    static CatalogOutcome apply(JdbcQuotaStore store, CatalogCommand command) {
        return store.catalog().apply(command, Commands.soon());
    }

    static CatalogEntry entry(CatalogOutcome outcome) {
        return ((CatalogOutcome.Applied) outcome).entry();
    }

    static long revision(JdbcQuotaStore store, String subject) {
        return store.catalog().load(subject, Commands.soon()).revision();
    }

    private static long version(JdbcQuotaStore store, String code) {
        return store.catalog().plan(code, Commands.soon()).map(Plan::version).orElse(0L);
    }
}
