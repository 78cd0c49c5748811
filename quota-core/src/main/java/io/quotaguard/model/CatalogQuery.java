package io.quotaguard.model;

import io.quotaguard.model.CatalogEntry.Entity;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which audit rows to read: newest first, a page at a time (R44). Immutable.
 *
 * @param entities about what; a plan and a subject may share a name
 * @param name the plan's code or the subject, or null for all
 * @param before only rows with a smaller id: the last id of the page before; null for the first page
 * @param pageSize the most rows, 1 … 1,000
 */
public record CatalogQuery(
        Set<Entity> entities,
        @Nullable String name,
        @Nullable Long before,
        int pageSize) {
    public CatalogQuery {
        entities = Set.copyOf(entities);
        if (pageSize < 1 || pageSize > UsageQuery.MAX_PAGE_SIZE) {
            throw InvalidQuotaArgumentException.of(
                    "R45", "page size", pageSize, "is not in 1 … " + UsageQuery.MAX_PAGE_SIZE);
        }
    }

    /** Tells whether {@code entry} is asked for, its page aside. */
    public boolean matches(CatalogEntry entry) {
        return entities.contains(entry.entity())
                && (name == null || name.equals(entry.name()))
                && (before == null || entry.id() < before);
    }
}
