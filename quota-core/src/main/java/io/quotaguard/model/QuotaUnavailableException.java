package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the store could not decide before the deadline and certainly recorded nothing; the call may be repeated.
 */
public class QuotaUnavailableException extends QuotaException {
    private static final long serialVersionUID = 1L;

    public QuotaUnavailableException(
            String message, @Nullable Throwable cause, @Nullable String key, @Nullable String store) {
        super(message, cause, key, store);
    }
}
