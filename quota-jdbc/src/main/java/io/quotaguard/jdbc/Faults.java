package io.quotaguard.jdbc;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an error of the database means for the request that met it (G1). */
final class Faults {
    private static final int SHOWN_CHARS = 300;

    private Faults() {}

    /** The meanings. */
    enum Kind {
        /** Others were in the way and the transaction is undone: the same may work at once. */
        CONTENTION,
        /** The connection's transactions are not read committed; nothing was done. */
        ISOLATION,
        /** The server could not serve the request, and did nothing. */
        UNAVAILABLE,
        /** The answer is lost: the request may have been carried out. */
        UNKNOWN,
        /** The schema or the rights are not what the code needs. */
        SETUP,
        /** The request itself is at fault. */
        REQUEST,
        /** Anything else; the transaction is undone. */
        OTHER
    }

    static Kind kind(SQLException fault) {
        String state = fault.getSQLState();
        if (state == null || state.length() != 5) {
            return Kind.UNKNOWN;
        }
        return switch (state) {
            case "40001", "40P01" -> Kind.CONTENTION;
            case "QG001" -> Kind.ISOLATION;
            case "55P03", "57014", "57P01", "57P03" -> Kind.UNAVAILABLE;
            // Another backend's crash ends this one wherever it is, even between commit and reply.
            case "57P02" -> Kind.UNKNOWN;
            // Two calls with one key in different windows, which lock different counters: the loser sees the winner
            // next.
            case "23505" -> isDuplicateKey(fault) ? Kind.CONTENTION : Kind.OTHER;
            default -> ofClass(state.substring(0, 2), fault);
        };
    }

    private static Kind ofClass(String stateClass, SQLException fault) {
        return switch (stateClass) {
            case "08" -> Kind.UNKNOWN;
            case "53" -> Kind.UNAVAILABLE;
            case "22", "23" -> Kind.REQUEST;
            case "3F", "42" -> Kind.SETUP;
            default -> causedByIo(fault) ? Kind.UNKNOWN : Kind.OTHER;
        };
    }

    private static boolean isDuplicateKey(SQLException fault) {
        String message = fault.getMessage();
        return message != null && message.contains("usage_record_dedup_key");
    }

    private static boolean causedByIo(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the warning that leaves a commit in doubt, or null.
     *
     * <p>When the wait for a synchronous standby is cancelled, PostgreSQL commits all the same and only warns (trap 9). No
     * statement of this package warns of anything else, and the text is translated, so every warning counts.
     */
    static @Nullable SQLWarning doubt(@Nullable SQLWarning first) {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            String state = warning.getSQLState();
            if (state == null || !state.startsWith("00")) {
                return warning;
            }
        }
        return null;
    }

    /** Returns an error's text on one line, without control characters and bounded, fit for a log (H4). */
    static String text(Throwable fault) {
        String message = fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
        StringBuilder text = new StringBuilder();
        message.codePoints().limit(SHOWN_CHARS).forEach(c -> {
            if (c == '\n' || c == '\r' || c == '\t') {
                text.append(' ');
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                text.append(String.format(Locale.ROOT, "\\u%04X", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }
}
