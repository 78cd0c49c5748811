package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/** Thrown when a catalog change met a state other than the one it was made for; nothing was changed. */
public class CatalogConflictException extends QuotaException {
    private static final long serialVersionUID = 1L;

    public CatalogConflictException(String message, @Nullable String key, @Nullable String store) {
        super(message, null, key, store);
    }
}
