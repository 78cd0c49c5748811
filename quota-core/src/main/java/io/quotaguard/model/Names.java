package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * The one rule for names (R46): subjects, features, plans, keys and actors are 1–200 characters, not blank, with no
 * control characters and no lone surrogates. Everything else, from braces to emoji, is ordinary data.
 *
 * <p>A lone surrogate is refused because stores encode it as a replacement character, so that two different names would
 * become one.
 */
public final class Names {
    /** The longest name, in Unicode code points. */
    public static final int MAX_LENGTH = 200;

    private Names() {}

    /** Returns {@code subject} when it is a valid name. */
    public static String requireSubject(@Nullable String subject) {
        return require("subject", subject);
    }

    /** Returns {@code feature} when it is a valid name. */
    public static String requireFeature(@Nullable String feature) {
        return require("feature", feature);
    }

    /** Returns {@code plan} when it is a valid plan code. */
    public static String requirePlan(@Nullable String plan) {
        return require("plan", plan);
    }

    /** Returns {@code key} when it is a valid idempotency key. */
    public static String requireKey(@Nullable String key) {
        return require("key", key);
    }

    /**
     * Returns {@code name} when it is valid.
     *
     * @param what what is being named, for the error's text
     * @throws InvalidQuotaArgumentException when the name breaks R46
     */
    public static String require(String what, @Nullable String name) {
        if (name == null) {
            throw new InvalidQuotaArgumentException(what + " is required (R46)", null);
        }
        return isPlain(name) ? name : requireText(what, name);
    }

    /** Tells whether it is short and of visible ASCII characters, as nearly all names are: every call looks at some. */
    private static boolean isPlain(String name) {
        int length = name.length();
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7F) {
                return false;
            }
        }
        return length > 0 && length <= MAX_LENGTH;
    }

    private static String requireText(String what, String name) {
        int length = name.length();
        boolean blank = true;
        int surrogatePairs = 0;
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c)) {
                throw invalid(what, name, "has a control character at index " + i);
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(name.charAt(i + 1))) {
                    throw invalid(what, name, "has a lone surrogate at index " + i);
                }
                surrogatePairs++;
                i++;
                blank = false;
            } else if (!Character.isWhitespace(c)) {
                blank = false;
            }
        }
        if (blank) {
            throw invalid(what, name, "is blank");
        }
        if (length - surrogatePairs > MAX_LENGTH) {
            throw invalid(what, name, "has " + (length - surrogatePairs) + " characters, the most is " + MAX_LENGTH);
        }
        return name;
    }

    private static InvalidQuotaArgumentException invalid(String what, String name, String fault) {
        return InvalidQuotaArgumentException.of("R46", what, name, fault);
    }
}
