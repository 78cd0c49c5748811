package io.quotaguard.redis.books;

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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The catalog in the books. Thread-safe. */
final class BooksCatalog implements CatalogStore {
    private final Books books;

    BooksCatalog(Books books) {
        this.books = books;
    }

    private <T> T read(Function<CatalogStore, T> reading, Deadline deadline) {
        return books.read(store -> reading.apply(store.catalog()), deadline);
    }

    @Override
    public CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        return books.write(new Deed.Apply(command), command.change().key(), deadline);
    }

    @Override
    public SubjectCatalog load(String subject, Deadline deadline) {
        return read(catalog -> catalog.load(subject, deadline), deadline);
    }

    @Override
    public SubjectUsage usage(String subject, Deadline deadline) {
        return read(catalog -> catalog.usage(subject, deadline), deadline);
    }

    @Override
    public Optional<Plan> plan(String code, Deadline deadline) {
        return read(catalog -> catalog.plan(code, deadline), deadline);
    }

    @Override
    public Optional<Plan> plan(String code, long version, Deadline deadline) {
        return read(catalog -> catalog.plan(code, version, deadline), deadline);
    }

    @Override
    public List<Plan> plans(Deadline deadline) {
        return read(catalog -> catalog.plans(deadline), deadline);
    }

    @Override
    public List<PlanVersion> versions(String code, Deadline deadline) {
        return read(catalog -> catalog.versions(code, deadline), deadline);
    }

    @Override
    public List<FeatureOverride> overrides(OverrideQuery query, Deadline deadline) {
        return read(catalog -> catalog.overrides(query, deadline), deadline);
    }

    @Override
    public List<GrantBalance> grants(String subject, @Nullable String feature, Deadline deadline) {
        return read(catalog -> catalog.grants(subject, feature, deadline), deadline);
    }

    @Override
    public List<String> members(String pool, @Nullable String after, int max, Deadline deadline) {
        return read(catalog -> catalog.members(pool, after, max, deadline), deadline);
    }

    @Override
    public List<SubjectUsage> subscribers(String plan, @Nullable String after, int max, Deadline deadline) {
        return read(catalog -> catalog.subscribers(plan, after, max, deadline), deadline);
    }

    @Override
    public List<CatalogEntry> history(CatalogQuery query, Deadline deadline) {
        return read(catalog -> catalog.history(query, deadline), deadline);
    }

    @Override
    public ChangeFeed changes(@Nullable String cursor, int max, Deadline deadline) {
        return read(catalog -> catalog.changes(cursor, max, deadline), deadline);
    }

    /** Never tells: the store that stands in front of the books has a channel for that. */
    @Override
    public Registration onHint(Runnable hint) {
        return () -> {};
    }
}
