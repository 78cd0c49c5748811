package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/** The rule for free text such as reasons and metadata: bounded, and storable everywhere without loss. */
public final class Texts {
    private Texts() {}

    /**
     * Returns {@code text} when every store can keep it as it is: no NUL, no lone surrogate, not too long.
     *
     * @throws InvalidQuotaArgumentException when it cannot be kept
     */
    public static String require(String what, @Nullable String text, int maxLength) {
        if (text == null) {
            throw new InvalidQuotaArgumentException(what + " is required (R46)", null);
        }
        if (text.length() > maxLength) {
            throw InvalidQuotaArgumentException.of(
                    "R46", what, text, "has " + text.length() + " characters, the most is " + maxLength);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                throw InvalidQuotaArgumentException.of(
                        "R46", what, text, "has a NUL or a lone surrogate at index " + i);
            }
        }
        return text;
    }
}
