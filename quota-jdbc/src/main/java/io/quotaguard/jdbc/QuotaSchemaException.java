package io.quotaguard.jdbc;

import io.quotaguard.model.QuotaException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the database's schema is missing, or not of the version that this code needs; nothing was changed.
 *
 * <p>The message says which version was found, which is needed, and what to do.
 */
public final class QuotaSchemaException extends QuotaException {
    private static final long serialVersionUID = 1L;

    private final int found;
    private final int needed;

    QuotaSchemaException(String message, @Nullable Throwable cause, int found, int needed) {
        super(message, cause, null, JdbcQuotaStore.NAME);
        this.found = found;
        this.needed = needed;
    }

    /** Returns the version found in the database, 0 when the schema is missing. */
    public int found() {
        return found;
    }

    /** Returns the version that this code needs. */
    public int needed() {
        return needed;
    }
}
