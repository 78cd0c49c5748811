package io.quotaguard.plan;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which fields an object of a plans file has.
 *
 * @param noun what the object is, with its article
 * @param required the fields that must be there
 * @param optional the fields that may be left out, or null, which says the same
 */
record JsonShape(String noun, List<String> required, List<String> optional) {
    /** The most letters that may differ between what was written and what was perhaps meant. */
    private static final int MAX_TYPOS = 2;

    Stream<String> fields() {
        return Stream.concat(required.stream(), optional.stream());
    }

    /** Returns the fields of {@code value}, all of which this shape has. */
    Found in(JsonValue value) {
        Map<String, JsonValue> found = value.object();
        found.forEach((name, field) -> {
            if (fields().noneMatch(name::equals)) {
                throw field.fault("is not a field of " + noun + suggestion(name));
            }
        });
        return new Found(value.path(), found);
    }

    private String suggestion(String name) {
        int longest = fields().mapToInt(String::length).max().orElse(0);
        // Comparing takes the product of the lengths, and what is so much longer is none of them misspelled.
        Stream<String> near = name.length() > longest + MAX_TYPOS
                ? Stream.of()
                : fields().filter(field ->
                        typos(name.toLowerCase(Locale.ROOT), field.toLowerCase(Locale.ROOT)) <= MAX_TYPOS);
        return near.findFirst()
                .map(field -> "; did you mean " + field + "?")
                .orElseGet(() -> "; it has " + String.join(", ", fields().toList()));
    }

    /** Returns the Levenshtein distance, row by row: how many letters to put in, take out or replace. */
    private static int typos(String written, String meant) {
        int[] row = new int[meant.length() + 1];
        for (int j = 0; j <= meant.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= written.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= meant.length(); j++) {
                int replaced = diagonal + (written.charAt(i - 1) == meant.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[meant.length()];
    }

    /**
     * The fields that one object has.
     *
     * @param path where the object stands
     * @param values the fields by name
     */
    record Found(String path, Map<String, JsonValue> values) {
        JsonValue required(String name) {
            JsonValue value = values.get(name);
            if (value == null || value.isNull()) {
                throw new InvalidQuotaArgumentException(JsonValue.fieldPath(path, name) + " is required (R46)", null);
            }
            return value;
        }

        <T> @Nullable T optional(String name, Function<JsonValue, T> meaning) {
            JsonValue value = values.get(name);
            return value == null || value.isNull() ? null : meaning.apply(value);
        }

        <T> T optional(String name, Function<JsonValue, T> meaning, T otherwise) {
            T found = optional(name, meaning);
            return found == null ? otherwise : found;
        }
    }
}
