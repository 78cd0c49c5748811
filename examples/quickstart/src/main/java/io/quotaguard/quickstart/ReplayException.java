package io.quotaguard.quickstart;

/** Says which line of the log could not be carried out, and why. */
final class ReplayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReplayException(LogLine line, Throwable cause) {
        super("line " + line.number() + " (" + line.action().word() + "): " + cause.getMessage(), cause);
    }
}
