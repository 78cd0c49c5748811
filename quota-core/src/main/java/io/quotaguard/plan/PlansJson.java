package io.quotaguard.plan;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.plan.JsonValue.Fields;
import io.quotaguard.plan.JsonValue.ListOfValues;
import io.quotaguard.plan.JsonValue.Numeral;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a JSON document apart: the one class of this library that knows Jackson, and only its tokens, so that no name in
 * a file ever chooses a class.
 */
final class PlansJson {
    /** A plans file needs five levels. */
    private static final int MAX_DEPTH = 16;

    /** Keeps a small file of very many empty values from becoming very many objects. */
    private static final int MAX_VALUES = 500_000;

    private static final int EXCERPT_CHARS = 20;
    private static final int SHOWN_CHARS = 300;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(PlansFile.MAX_BYTES)
                    .build())
            // Names in a file are few and not for ever; the JVM's table of strings is no place for them.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final JsonParser parser;
    private int values;

    private PlansJson(JsonParser parser) {
        this.parser = parser;
    }

    static JsonValue parse(String json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            return new PlansJson(parser).document();
        } catch (JacksonException e) {
            throw malformed(json, e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading a string needs no input or output", e);
        }
    }

    private JsonValue document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw InvalidQuotaArgumentException.of("R46", "plans file", "", "is empty, and must be an object in { }");
        }
        JsonValue document = value("", first);
        if (parser.nextToken() != null) {
            throw InvalidQuotaArgumentException.of(
                    "R46", "plans file", parser.getText(), "follows the end of the document" + place(parser));
        }
        return document;
    }

    private JsonValue value(String path, JsonToken token) throws IOException {
        if (++values > MAX_VALUES) {
            throw InvalidQuotaArgumentException.of(
                    "R46", "plans file", path, "is beyond the first " + MAX_VALUES + " values, the most there may be");
        }
        return new JsonValue(path, raw(path, token));
    }

    private @Nullable Object raw(String path, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(path);
            case START_ARRAY -> list(path);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Numeral(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IllegalStateException(token + " does not begin a value");
        };
    }

    private Fields object(String path) throws IOException {
        Map<String, JsonValue> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonValue value = value(JsonValue.fieldPath(path, name), parser.nextToken());
            if (fields.putIfAbsent(name, value) != null) {
                throw value.fault("is in one object twice" + place(parser));
            }
        }
        return new Fields(fields);
    }

    private ListOfValues list(String path) throws IOException {
        List<JsonValue> values = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            values.add(value(path + "[" + values.size() + "]", token));
        }
        return new ListOfValues(values);
    }

    private static String place(JsonParser parser) {
        return ", at line " + parser.currentTokenLocation().getLineNr();
    }

    private static InvalidQuotaArgumentException malformed(String json, JacksonException e) {
        JsonLocation location = e.getLocation() == null ? JsonLocation.NA : e.getLocation();
        int at = (int) Math.max(0, Math.min(json.length(), location.getCharOffset()));
        String said = e.getOriginalMessage();
        return InvalidQuotaArgumentException.of(
                "R46",
                "plans file at line " + location.getLineNr() + ", column " + location.getColumnNr(),
                json.substring(at, Math.min(json.length(), at + EXCERPT_CHARS)),
                "is not JSON: " + printable(said.substring(0, Math.min(said.length(), SHOWN_CHARS))));
    }

    /** Escapes character by character, since what is said here is longer than the values that errors show. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .mapToObj(Character::toString)
                .map(InvalidQuotaArgumentException::escape)
                .forEach(printable::append);
        return printable.toString();
    }
}
