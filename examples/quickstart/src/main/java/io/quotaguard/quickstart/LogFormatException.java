package io.quotaguard.quickstart;

import io.quotaguard.model.InvalidQuotaArgumentException;

/** A request log that cannot be read; the message gives the line, what was expected there and what was found. */
final class LogFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogFormatException(int line, String expected, String found) {
        // Escaped, because what stands in a broken file must not drive the terminal that shows it.
        super("line " + line + ": expected " + expected + ", but found \"" + InvalidQuotaArgumentException.escape(found)
                + "\"");
    }

    LogFormatException(String problem) {
        super(problem);
    }
}
