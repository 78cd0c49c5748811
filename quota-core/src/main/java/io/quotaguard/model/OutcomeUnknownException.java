package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the store was asked and its answer was lost: the use may have been recorded or not (R43).
 *
 * <p>Repeat the call with {@link #key()}: it is counted once, whichever it was.
 */
public final class OutcomeUnknownException extends QuotaException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(String message, @Nullable Throwable cause, String key, String store) {
        super(message, cause, key, store);
    }
}
