package io.quotaguard.plan;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.Names;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.CatalogCommand.SaveGrant;
import io.quotaguard.spi.CatalogCommand.VoidGrant;
import io.quotaguard.spi.Line;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Top-ups: units on top of a plan's allowance, used when that is used up, and kept through every reset (R38, R39).
 * Thread-safe.
 *
 * <p>Of several, those of a lower priority number are used first, then those that expire first, then the oldest. A feature
 * that the subject does not have, or has without a limit, uses none.
 */
public final class Grants {
    private final CatalogAccess access;

    /** Made by the front door; hosts get theirs from {@code quota.grants()}. */
    public Grants(CatalogAccess access) {
        this.access = access;
    }

    /** Gives a subject units; returns the grant with its number. Alerts above what is used now re-arm (R29). */
    public Grant give(Grant grant, Change change) {
        required("grant", grant);
        String subject = grant.subject();
        Change by = CatalogAccess.required(change);
        CatalogEntry entry = access.applyFresh(access.deadline(), (now, deadline) -> {
            SubjectCatalog found = access.load(subject, deadline);
            Set<String> granted = new HashSet<>(found.granted());
            granted.add(grant.feature());
            List<Line> realign = Realignment.lines(found.withGranted(granted), now);
            return new SaveGrant(grant.withId(0), found.revision(), realign, by);
        });
        access.entitlements().forget(subject);
        return grant.withId(Long.parseLong(String.valueOf(
                entry.after() == null ? null : entry.after().fields().get("id"))));
    }

    /**
     * Takes back what is left of a grant; what was used of it stays used, and the audit keeps both.
     *
     * @throws io.quotaguard.model.InvalidQuotaArgumentException when the subject has no such grant, or it was voided before
     */
    public void voidGrant(String subject, long id, Change change) {
        Names.requireSubject(subject);
        Change by = CatalogAccess.required(change);
        access.applyFresh(access.deadline(), (now, deadline) -> {
            SubjectCatalog found = access.load(subject, deadline);
            List<Line> realign = Realignment.lines(found.withGranted(found.granted()), now);
            return new VoidGrant(subject, id, found.revision(), realign, by);
        });
        access.entitlements().forget(subject);
    }

    /** Returns the subject's grants with what is left of each, those that were voided or expired included, the oldest first. */
    public List<GrantBalance> list(String subject) {
        return access.catalog().grants(Names.requireSubject(subject), null, access.deadline());
    }

    /** Returns the newest {@code limit} audit rows about the subject's grants, newest first (R44). */
    public List<CatalogEntry> history(String subject, int limit) {
        CatalogQuery query = CatalogQuery.about(Entity.GRANT)
                .name(Names.requireSubject(subject))
                .pageSize(limit);
        return access.catalog().history(query, access.deadline());
    }
}
