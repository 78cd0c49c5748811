package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/** Thrown when a bounded store is full: it refuses new entries rather than forget live ones, and recorded nothing. */
public final class QuotaCapacityException extends QuotaUnavailableException {
    private static final long serialVersionUID = 1L;

    public QuotaCapacityException(String message, @Nullable String key, @Nullable String store) {
        super(message, null, key, store);
    }
}
