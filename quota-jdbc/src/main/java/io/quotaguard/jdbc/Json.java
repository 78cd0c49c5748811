package io.quotaguard.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as the JSONB columns hold it: plain trees, never Java types by name (H4). */
final class Json {
    /** Without default typing, so that no text can name a class. Immutable once configured, hence shared. */
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database holds what is no JSON", e);
        }
    }

    /** Returns the texts of an object's fields; an empty map for null. */
    static Map<String, String> texts(@Nullable String object) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (object != null) {
            read(object)
                    .properties()
                    .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        }
        return texts;
    }
}
