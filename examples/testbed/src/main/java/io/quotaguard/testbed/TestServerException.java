package io.quotaguard.testbed;

/** Says that a test server could not be found, started, signalled or stopped; the message carries what the server said. */
public final class TestServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure that no other exception caused. */
    public TestServerException(String message) {
        super(message);
    }

    /** A failure with the exception that caused it. */
    public TestServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
