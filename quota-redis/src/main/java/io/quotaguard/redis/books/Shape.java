package io.quotaguard.redis.books;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How values of one type are written and read. Thread-safe.
 *
 * @param <T> the type
 */
interface Shape<T> {
    void write(DataOutputStream out, T value) throws IOException;

    T read(DataInputStream in) throws IOException;

    /** Writes values. */
    interface Writing<T> {
        void write(DataOutputStream out, T value) throws IOException;
    }

    /** Reads values. */
    interface Reading<T> {
        T read(DataInputStream in) throws IOException;
    }

    static <T> Shape<T> of(Writing<T> writing, Reading<T> reading) {
        return new Shape<>() {
            @Override
            public void write(DataOutputStream out, T value) throws IOException {
                writing.write(out, value);
            }

            @Override
            public T read(DataInputStream in) throws IOException {
                return reading.read(in);
            }
        };
    }

    /** Values that a text stands for. */
    static <T> Shape<T> text(Function<T, String> text, Function<String, T> value) {
        return of(
                (out, each) -> {
                    byte[] bytes = text.apply(each).getBytes(StandardCharsets.UTF_8);
                    number(out, bytes.length);
                    out.write(bytes);
                },
                in -> {
                    int length = Math.toIntExact(number(in));
                    byte[] bytes = in.readNBytes(length);
                    return value.apply(new String(bytes, StandardCharsets.UTF_8));
                });
    }

    /** One of several values, by its place among them. */
    static Shape<Object> constants(Object[] all) {
        List<Object> values = List.of(all);
        return of((out, each) -> number(out, values.indexOf(each)), in -> values.get(Math.toIntExact(number(in))));
    }

    static Shape<List<Object>> list(Shape<Object> element) {
        return of(
                (out, list) -> {
                    number(out, list.size());
                    for (Object each : list) {
                        element.write(out, each);
                    }
                },
                in -> {
                    List<Object> list = new ArrayList<>();
                    for (long left = number(in); left > 0; left--) {
                        list.add(element.read(in));
                    }
                    return Collections.unmodifiableList(list);
                });
    }

    /** Keeps the order. */
    static Shape<Map<Object, Object>> map(Shape<Object> key, Shape<Object> value) {
        return of(
                (out, map) -> {
                    number(out, map.size());
                    for (Map.Entry<Object, Object> each : map.entrySet()) {
                        key.write(out, each.getKey());
                        value.write(out, each.getValue());
                    }
                },
                in -> {
                    Map<Object, Object> map = new LinkedHashMap<>();
                    for (long left = number(in); left > 0; left--) {
                        map.put(key.read(in), value.read(in));
                    }
                    return Collections.unmodifiableMap(map);
                });
    }

    /** One of several classes, by its place among them, and then what it holds. */
    static Shape<Object> oneOf(List<Class<?>> classes, List<Shape<Object>> shapes) {
        return of(
                (out, each) -> {
                    int place = classes.indexOf(each.getClass());
                    number(out, place);
                    shapes.get(place).write(out, each);
                },
                in -> shapes.get(Math.toIntExact(number(in))).read(in));
    }

    /** Writes a number in as few bytes as it needs, seven bits to each, small ones of either sign in one. */
    static void number(DataOutputStream out, long number) throws IOException {
        long left = (number << 1) ^ (number >> 63);
        while ((left & ~0x7FL) != 0) {
            out.writeByte((int) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        out.writeByte((int) left);
    }

    static long number(DataInputStream in) throws IOException {
        long read = 0;
        int shift = 0;
        byte next;
        do {
            next = in.readByte();
            read |= (next & 0x7FL) << shift;
            shift += 7;
        } while (next < 0);
        return (read >>> 1) ^ -(read & 1);
    }
}
