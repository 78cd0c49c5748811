package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything this library throws.
 *
 * <p>A refusal is a value and never an exception; what extends this class is a failure. The idempotency key and the
 * store are fields rather than words in the message, so that a host can retry with the same key (R7, R43) without
 * parsing text. Instances are immutable apart from what {@link Throwable} itself allows.
 */
public abstract class QuotaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String key;
    private final @Nullable String store;

    /** A failure that belongs to no keyed call and to no store. */
    protected QuotaException(String message, @Nullable Throwable cause) {
        this(message, cause, null, null);
    }

    /**
     * A failure of one call against one store.
     *
     * @param key the idempotency key to retry with, or null when the call had none yet
     * @param store the name of the store involved, or null when none was reached
     */
    protected QuotaException(String message, @Nullable Throwable cause, @Nullable String key, @Nullable String store) {
        super(message, cause);
        this.key = key;
        this.store = store;
    }

    /** The idempotency key of the failed call, or null when it had none yet. */
    public final @Nullable String key() {
        return key;
    }

    /** The name of the store that the failed call used, or null when none was reached. */
    public final @Nullable String store() {
        return store;
    }
}
