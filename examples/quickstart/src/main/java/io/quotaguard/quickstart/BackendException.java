package io.quotaguard.quickstart;

/** A store that cannot be used for the replay; the message says why. */
final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BackendException(String message) {
        super(message);
    }

    BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
