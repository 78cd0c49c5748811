package io.quotaguard.plan;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One value of a JSON document and the place where it stands, so that every fault names both. Knows no JSON library.
 *
 * @param path such as {@code plans[0].features[1].limit}, printable; empty for the document itself
 * @param raw a String, a {@link Numeral}, a Boolean, a list or a map of further values, or null
 */
record JsonValue(String path, @Nullable Object raw) {
    /** A number as it is written: no double ever comes between the file and a limit. */
    record Numeral(String text) {}

    /** Returns where the field {@code name} of an object at {@code path} stands. */
    static String fieldPath(String path, String name) {
        String printable = InvalidQuotaArgumentException.escape(name);
        return path.isEmpty() ? printable : path + "." + printable;
    }

    /** Returns the place of a field of this object, for what the field's own value does not tell. */
    JsonValue field(String name) {
        return new JsonValue(fieldPath(path, name), null);
    }

    boolean isNull() {
        return raw == null;
    }

    String text() {
        if (raw instanceof String text) {
            return text;
        }
        throw wrongType("text in quotes");
    }

    /** Returns what the text means; a fault that {@code meaning} finds is told with the place. */
    <T> T text(Function<String, T> meaning) {
        String text = text();
        return checked(() -> meaning.apply(text));
    }

    boolean flag() {
        if (raw instanceof Boolean flag) {
            return flag;
        }
        throw wrongType("true or false");
    }

    long whole(long least, long most) {
        if (!(raw instanceof Numeral numeral)) {
            throw wrongType("a whole number");
        }
        try {
            long value = Long.parseLong(numeral.text());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // A fraction, an exponent, or more digits than a long has: no whole number in the range either.
        }
        throw fault("is not a whole number in " + least + " … " + most);
    }

    List<JsonValue> list() {
        if (raw instanceof ListOfValues list) {
            return list.values();
        }
        throw wrongType("a list in [ ]");
    }

    Map<String, JsonValue> object() {
        if (raw instanceof Fields fields) {
            return fields.values();
        }
        throw wrongType("an object in { }");
    }

    /** What a list holds. */
    record ListOfValues(List<JsonValue> values) {}

    /** What an object holds. */
    record Fields(Map<String, JsonValue> values) {}

    /** A step of reading whose faults belong to this place. */
    @FunctionalInterface
    interface Reading<T> {
        T read();
    }

    <T> T checked(Reading<T> reading) {
        try {
            return reading.read();
        } catch (InvalidQuotaArgumentException e) {
            throw e.at(place());
        }
    }

    InvalidQuotaArgumentException fault(String fault) {
        return InvalidQuotaArgumentException.of("R46", place(), shown(), fault);
    }

    private InvalidQuotaArgumentException wrongType(String wanted) {
        return fault("is " + kind() + ", and must be " + wanted);
    }

    private String place() {
        return path.isEmpty() ? "plans file" : path;
    }

    private Object shown() {
        if (raw instanceof Numeral numeral) {
            return numeral.text();
        } else if (raw instanceof ListOfValues) {
            return "[…]";
        } else if (raw instanceof Fields) {
            return "{…}";
        }
        return raw == null ? "null" : raw;
    }

    private String kind() {
        if (raw instanceof String) {
            return "text in quotes";
        } else if (raw instanceof Numeral) {
            return "a number";
        } else if (raw instanceof Boolean) {
            return "true or false";
        } else if (raw instanceof ListOfValues) {
            return "a list";
        }
        return raw == null ? "nothing" : "an object";
    }
}
