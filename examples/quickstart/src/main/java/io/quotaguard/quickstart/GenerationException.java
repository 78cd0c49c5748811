package io.quotaguard.quickstart;

/** No article came of a generation; the message says why. */
final class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GenerationException(String message) {
        super(message);
    }
}
