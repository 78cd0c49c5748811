package io.quotaguard.redis.books;

import org.jspecify.annotations.Nullable;

/** That the journal could not be read or written. */
public final class JournalFault extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is certain about the entries that were to be written. */
    public enum Kind {
        NOTHING_WRITTEN,
        /** Nothing was written, since as many entries are kept as may be. */
        FULL,
        WRITTEN_PERHAPS
    }

    private final Kind kind;

    public JournalFault(String message, @Nullable Throwable cause, Kind kind) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
