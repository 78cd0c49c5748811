package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * Who changes something, why, and under which request key (R12, R44). Immutable.
 *
 * @param actor who
 * @param reason why, or null
 * @param key makes a retry of the same change a replay, or null
 */
public record Change(
        String actor, @Nullable String reason, @Nullable String key) {
    /** The longest reason, in UTF-16 units. */
    public static final int MAX_REASON_LENGTH = 1000;

    public Change {
        Names.require("actor", actor);
        if (reason != null) {
            Texts.require("reason", reason, MAX_REASON_LENGTH);
        }
        if (key != null) {
            Names.requireKey(key);
        }
    }

    /** Returns a change by {@code actor}, without a reason or a key. */
    public static Change by(String actor) {
        return new Change(actor, null, null);
    }

    public Change because(String reason) {
        return new Change(actor, reason, key);
    }

    public Change key(String key) {
        return new Change(actor, reason, Names.requireKey(key));
    }
}
