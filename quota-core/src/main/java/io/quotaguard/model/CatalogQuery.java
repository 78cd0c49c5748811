package io.quotaguard.model;

import io.quotaguard.model.CatalogEntry.Entity;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which audit rows to read: newest first, a page at a time (R44). Immutable; each method returns a changed copy.
 *
 * @param entities about what; a plan and a subject may share a name
 * @param name the plan's code or the subject, or null for all
 * @param actor who made the change, or null for anybody
 * @param from the first instant, or null for no bound
 * @param to the first instant that is too late, or null for no bound
 * @param before only rows with a smaller id: the last id of the page before; null for the first page
 * @param pageSize the most rows, 1 … 1,000
 */
public record CatalogQuery(
        Set<Entity> entities,
        @Nullable String name,
        @Nullable String actor,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long before,
        int pageSize) {
    public CatalogQuery {
        entities = Set.copyOf(InvalidQuotaArgumentException.required("entities", entities));
        if (name != null) {
            Names.require("name", name);
        }
        if (actor != null) {
            Names.require("actor", actor);
        }
        if (pageSize < 1 || pageSize > UsageQuery.MAX_PAGE_SIZE) {
            throw InvalidQuotaArgumentException.of(
                    "R45", "page size", pageSize, "is not in 1 … " + UsageQuery.MAX_PAGE_SIZE);
        }
        from = from == null ? null : SupportedTime.require(from);
        to = to == null ? null : SupportedTime.require(to);
        if (from != null && to != null && to.isBefore(from)) {
            throw InvalidQuotaArgumentException.of("R14", "to", to, "lies before from, " + from);
        }
    }

    /** Returns the query for the newest 100 rows about anything. */
    public static CatalogQuery all() {
        return new CatalogQuery(EnumSet.allOf(Entity.class), null, null, null, null, null, 100);
    }

    /** Returns the query for the newest 100 rows about things of these kinds. */
    public static CatalogQuery about(Entity first, Entity... more) {
        return new CatalogQuery(EnumSet.of(first, more), null, null, null, null, null, 100);
    }

    /** Asks for one plan's or one subject's rows. */
    public CatalogQuery name(String name) {
        return new CatalogQuery(entities, name, actor, from, to, before, pageSize);
    }

    public CatalogQuery actor(String actor) {
        return new CatalogQuery(entities, name, actor, from, to, before, pageSize);
    }

    public CatalogQuery between(@Nullable Instant from, @Nullable Instant to) {
        return new CatalogQuery(entities, name, actor, from, to, before, pageSize);
    }

    public CatalogQuery before(long id) {
        return new CatalogQuery(entities, name, actor, from, to, id, pageSize);
    }

    public CatalogQuery pageSize(int pageSize) {
        return new CatalogQuery(entities, name, actor, from, to, before, pageSize);
    }

    /** Tells whether {@code entry} is asked for, its page aside. */
    public boolean matches(CatalogEntry entry) {
        return entities.contains(entry.entity())
                && (name == null || name.equals(entry.name()))
                && (actor == null || actor.equals(entry.change().actor()))
                && (from == null || !entry.at().isBefore(from))
                && (to == null || entry.at().isBefore(to))
                && (before == null || entry.id() < before);
    }
}
