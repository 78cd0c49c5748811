package io.quotaguard.quickstart;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the request log: who asked for what, and when.
 *
 * @param number counted from 1, as an editor shows it
 * @param time when the request came in
 * @param subject who asked: a user, or a team through a program of its own
 * @param action what was asked for
 * @param fields the rest of the line, by name; all that the action needs are there
 */
record LogLine(int number, OffsetDateTime time, String subject, Action action, Map<String, String> fields) {

    /** What a line may ask for. */
    enum Action {
        SUBSCRIBE,
        JOIN,
        CAP,
        UPGRADE,
        GENERATE,
        PUBLISH,
        SCHEDULED,
        NIGHTLY,
        DISTILL;

        /** The fields that a line with this action must have. */
        List<String> required() {
            return switch (this) {
                case SUBSCRIBE -> List.of("plan", "zone");
                case JOIN -> List.of("team");
                case CAP -> List.of("feature", "limit");
                case UPGRADE -> List.of("plan");
                case GENERATE, DISTILL -> List.of("key", "topic");
                case PUBLISH, SCHEDULED -> List.of("key", "channels");
                case NIGHTLY -> List.of("key", "posts");
            };
        }

        /** The fields that it may have besides. */
        List<String> optional() {
            return switch (this) {
                case GENERATE -> List.of("failed");
                case PUBLISH -> List.of("down");
                default -> List.of();
            };
        }

        /** Tells whether it opens an account, so that whatever is asked for at the same time has to wait for it. */
        boolean opensAccount() {
            return this == SUBSCRIBE || this == JOIN || this == CAP;
        }

        /** The word that stands for this action in the log. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    LogLine {
        fields = Map.copyOf(fields);
    }

    Instant at() {
        return time.toInstant();
    }

    /** Returns a field that the action requires. */
    String field(String name) {
        return optionalField(name)
                .orElseThrow(() -> new IllegalArgumentException(action.word() + " has no field " + name));
    }

    Optional<String> optionalField(String name) {
        return Optional.ofNullable(fields.get(name));
    }
}
