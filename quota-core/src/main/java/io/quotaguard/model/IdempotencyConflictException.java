package io.quotaguard.model;

/** Thrown when a key that was used for one request comes again with a different one; nothing was recorded (R8). */
public final class IdempotencyConflictException extends QuotaException {
    private static final long serialVersionUID = 1L;

    public IdempotencyConflictException(String message, String key, String store) {
        super(message, null, key, store);
    }
}
