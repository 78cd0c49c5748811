package io.quotaguard.plan;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.spi.CatalogCommand.SaveMembership;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who shares whose quota: a user belongs to a team, a team to an organisation, up to four levels (R40). Thread-safe.
 *
 * <p>A use of a member is charged to the member, to its pool, and on upwards, all or nothing. Each has the limits of its
 * own plan; a member without a subscription has no limit of its own, or the one that an override sets as its cap. The
 * default plan counts neither for a member nor for a pool on its members' behalf.
 *
 * <p>Who joins, leaves or moves keeps what he used, and so does the pool that he used it from; from then on he uses of the
 * other. A cap or an alert that the change would touch is looked at with the next use.
 */
public final class Pools {
    private final CatalogAccess access;

    /** Made by the front door; hosts get theirs from {@code quota.pools()}. */
    public Pools(CatalogAccess access) {
        this.access = access;
    }

    /**
     * Lets {@code member} belong to the pool of {@code pool}, in place of the one that it belongs to.
     *
     * @throws InvalidQuotaArgumentException when pools would lead back to the member, or stand more than four levels high
     */
    public void join(String member, String pool, Change change) {
        if (Names.requireSubject(member).equals(Names.require("pool", pool))) {
            throw InvalidQuotaArgumentException.of("R40", "pool", pool, "is the member itself");
        }
        save(member, pool, change);
    }

    /** Lets {@code member} belong to no pool. */
    public void leave(String member, Change change) {
        save(Names.requireSubject(member), null, change);
    }

    private void save(String member, @Nullable String pool, Change change) {
        Change by = CatalogAccess.required(change);
        access.applyFresh(
                access.deadline(),
                (now, deadline) -> new SaveMembership(
                        member, pool, access.load(member, deadline).revision(), by));
        access.entitlements().forget(member);
    }

    /** Returns the pool that {@code member} belongs to. */
    public Optional<String> of(String member) {
        return Optional.ofNullable(
                access.load(Names.requireSubject(member), access.deadline()).pool());
    }

    /**
     * Returns who belongs to a pool directly, by name.
     *
     * @param after only those that come after this one, or null for the first page
     * @param pageSize the most members, 1 … {@link UsageQuery#MAX_PAGE_SIZE}
     */
    public List<String> members(String pool, @Nullable String after, int pageSize) {
        if (pageSize < 1 || pageSize > UsageQuery.MAX_PAGE_SIZE) {
            throw InvalidQuotaArgumentException.of(
                    "R45", "page size", pageSize, "is not in 1 … " + UsageQuery.MAX_PAGE_SIZE);
        }
        if (after != null) {
            Names.require("member", after);
        }
        return access.catalog().members(Names.require("pool", pool), after, pageSize, access.deadline());
    }

    /** Returns the newest {@code limit} audit rows of a member's joining and leaving, newest first (R44). */
    public List<CatalogEntry> history(String member, int limit) {
        CatalogQuery query = CatalogQuery.about(Entity.MEMBERSHIP)
                .name(Names.requireSubject(member))
                .pageSize(limit);
        return access.catalog().history(query, access.deadline());
    }
}
