package io.quotaguard.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of the audit: a change of the catalog, or a repair, as it was committed (R44). Immutable.
 *
 * @param id grows with each row
 * @param entity what kind of thing changed
 * @param name which one: a plan's code, or a subject
 * @param change who, why, and under which key
 * @param before the state before, or null when there was none
 * @param after the state after, or null when it is gone
 * @param revision the revision that the change made
 * @param at when, on the store's clock
 */
public record CatalogEntry(
        long id,
        Entity entity,
        String name,
        Change change,
        @Nullable AuditState before,
        @Nullable AuditState after,
        long revision,
        Instant at) {
    /** What a change is about. */
    public enum Entity {
        PLAN,
        DEFAULT_PLAN,
        SUBSCRIPTION,
        OVERRIDE,
        GRANT,
        MEMBERSHIP,
        COUNTER
    }

    /** Returns what the change changed, field by field. */
    public List<AuditState.Difference> differences() {
        return AuditState.differences(before, after);
    }
}
