package io.quotaguard.redis;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.ChangeFeed;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The catalog of the store behind this one; its changes are known to the scripts before they are made (R25). Thread-safe. */
final class RedisCatalog implements CatalogStore {
    private final CatalogStore behind;
    private final KnownCatalogs known;
    private final Freshly freshly;
    private final CatalogChanges changes;
    private final Hints hints;

    RedisCatalog(CatalogStore behind, KnownCatalogs known, Freshly freshly, CatalogChanges changes, Hints hints) {
        this.behind = behind;
        this.known = known;
        this.freshly = freshly;
        this.changes = changes;
        this.hints = hints;
    }

    @Override
    public CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        CatalogOutcome outcome = changes.apply(command, deadline);
        if (outcome instanceof CatalogOutcome.Applied) {
            hints.give();
        }
        return outcome;
    }

    @Override
    public SubjectUsage usage(String subject, Deadline deadline) {
        freshly.of(subject, deadline);
        return behind.usage(subject, deadline);
    }

    @Override
    public List<SubjectUsage> subscribers(String plan, @Nullable String after, int max, Deadline deadline) {
        freshly.ofAll(deadline);
        return behind.subscribers(plan, after, max, deadline);
    }

    @Override
    public SubjectCatalog load(String subject, Deadline deadline) {
        return known.load(subject, deadline);
    }

    @Override
    public Optional<Plan> plan(String code, Deadline deadline) {
        return behind.plan(code, deadline);
    }

    @Override
    public Optional<Plan> plan(String code, long version, Deadline deadline) {
        return behind.plan(code, version, deadline);
    }

    @Override
    public List<Plan> plans(Deadline deadline) {
        return behind.plans(deadline);
    }

    @Override
    public List<PlanVersion> versions(String code, Deadline deadline) {
        return behind.versions(code, deadline);
    }

    @Override
    public List<FeatureOverride> overrides(OverrideQuery query, Deadline deadline) {
        return behind.overrides(query, deadline);
    }

    /** Grants are used by nobody but the store behind. */
    @Override
    public List<GrantBalance> grants(String subject, @Nullable String feature, Deadline deadline) {
        return behind.grants(subject, feature, deadline);
    }

    @Override
    public List<String> members(String pool, @Nullable String after, int max, Deadline deadline) {
        return behind.members(pool, after, max, deadline);
    }

    @Override
    public List<CatalogEntry> history(CatalogQuery query, Deadline deadline) {
        return behind.history(query, deadline);
    }

    @Override
    public ChangeFeed changes(@Nullable String cursor, int max, Deadline deadline) {
        return behind.changes(cursor, max, deadline);
    }

    /** A change through this store is heard of by Redis, one past it by whatever hints the store behind this one has. */
    @Override
    public Registration onHint(Runnable hint) {
        Registration there = behind.onHint(hint);
        Registration here = hints.register(hint);
        return () -> {
            there.close();
            here.close();
        };
    }
}
