package io.quotaguard.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An argument that breaks a rule; nothing was changed.
 *
 * <p>The message states the rule and then the offending value, escaped so that a hostile value can neither forge a log
 * line nor drive a terminal.
 */
public final class InvalidQuotaArgumentException extends QuotaException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN_CHARS = 60;

    /**
     * An error that names a rule and the value that breaks it.
     *
     * @param rule what is allowed, as a full clause: {@code "amount must be positive (R6)"}
     * @param value the offending value, shown through {@link #escape}
     */
    public InvalidQuotaArgumentException(String rule, @Nullable Object value) {
        this(rule, value, null);
    }

    /** The same, keeping the exception that found the fault. */
    public InvalidQuotaArgumentException(String rule, @Nullable Object value, @Nullable Throwable cause) {
        super(message(rule, value), cause);
    }

    /**
     * An error about a value that is there but will not do: {@code amount "0" is not in 1 … 10 (R6)}.
     *
     * @param rule the rule's number
     * @param what what the value is
     * @param value the offending value, shown through {@link #escape}
     * @param fault what is wrong with it, and what to do
     */
    public static InvalidQuotaArgumentException of(String rule, String what, Object value, String fault) {
        return new InvalidQuotaArgumentException(what + " \"" + escape(value) + "\" " + fault + " (" + rule + ")");
    }

    private InvalidQuotaArgumentException(String message) {
        super(message, null);
    }

    /** The text {@code <rule>, but was "<escaped value>"}; a missing value reads {@code but was null}. */
    public static String message(String rule, @Nullable Object value) {
        return value == null ? rule + ", but was null" : rule + ", but was \"" + escape(value) + '"';
    }

    /**
     * A printable form of any value: what is invisible or malformed (control characters, line breaks, ANSI escapes,
     * direction marks, lone surrogates) becomes {@code \}{@code uXXXX}, and what is longer than 60 characters is cut
     * and its full length given.
     */
    public static String escape(Object value) {
        String text = String.valueOf(value);
        int shown = shownLength(text);
        StringBuilder out = new StringBuilder(shown + 24);
        text.substring(0, shown).codePoints().forEach(codePoint -> append(out, codePoint));
        if (shown < text.length()) {
            out.append("... (").append(text.length()).append(" characters)");
        }
        return out.toString();
    }

    /**
     * Returns the argument when it is there.
     *
     * @throws InvalidQuotaArgumentException naming the argument when it is null
     */
    public static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new InvalidQuotaArgumentException(name + " is required", null);
        }
        return value;
    }

    /**
     * Returns the same fault with the place where it was found, such as {@code plans[0].price: price "-1" is negative}.
     *
     * @param place printable; a value in it has been through {@link #escape}
     */
    public InvalidQuotaArgumentException at(String place) {
        return new InvalidQuotaArgumentException(place + ": " + getMessage());
    }

    private static int shownLength(String text) {
        if (text.length() <= SHOWN_CHARS) {
            return text.length();
        }
        // A cut through a surrogate pair would show a fault that the value does not have.
        boolean splitsPair = Character.isHighSurrogate(text.charAt(SHOWN_CHARS - 1))
                && Character.isLowSurrogate(text.charAt(SHOWN_CHARS));
        return splitsPair ? SHOWN_CHARS - 1 : SHOWN_CHARS;
    }

    private static void append(StringBuilder out, int codePoint) {
        if (isPrintable(codePoint)) {
            out.appendCodePoint(codePoint);
            return;
        }
        for (char unit : Character.toChars(codePoint)) {
            out.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
        }
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
