package io.quotaguard.redis.books;

import io.quotaguard.model.ResetPeriod;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Records as bytes: their components one after the other, in the order in which they are declared. So one class writes all
 * that a deed can hold, and nothing that is added to a record can be left out by mistake.
 *
 * <p>The bytes of an entry are read for as long as the books are kept. {@code RecordBytesTest} knows the components of all
 * records that are in them, and says when they have changed: then {@link #FORM} grows, and the earlier form has to be read.
 */
final class RecordBytes {
    /** Of the bytes, for nodes of different age. */
    static final int FORM = 1;

    private static final Map<Type, Shape<?>> LEAVES = Map.ofEntries(
            leaf(long.class, Shape.of(Shape::number, Shape::number)),
            leaf(Long.class, Shape.of(Shape::number, Shape::number)),
            leaf(int.class, Shape.of(Shape::number, in -> Math.toIntExact(Shape.number(in)))),
            leaf(Integer.class, Shape.of(Shape::number, in -> Math.toIntExact(Shape.number(in)))),
            leaf(boolean.class, Shape.of(DataOutputStream::writeBoolean, DataInputStream::readBoolean)),
            leaf(String.class, Shape.text(Function.identity(), Function.identity())),
            leaf(Instant.class, Shape.of(RecordBytes::write, RecordBytes::instant)),
            leaf(Duration.class, Shape.of(RecordBytes::write, RecordBytes::duration)),
            leaf(UUID.class, Shape.of(RecordBytes::write, in -> new UUID(in.readLong(), in.readLong()))),
            leaf(ZoneId.class, Shape.text(ZoneId::getId, ZoneId::of)),
            leaf(LocalDateTime.class, Shape.text(LocalDateTime::toString, LocalDateTime::parse)),
            leaf(BigDecimal.class, Shape.text(BigDecimal::toString, BigDecimal::new)),
            leaf(Currency.class, Shape.text(Currency::getCurrencyCode, Currency::getInstance)),
            leaf(ResetPeriod.class, Shape.text(ResetPeriod::code, ResetPeriod::parse)));

    private static final Map<Type, Shape<Object>> SHAPES = new ConcurrentHashMap<>();

    private RecordBytes() {}

    static byte[] write(Record value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            shape(value.getClass()).write(out, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static <R extends Record> R read(Class<R> type, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int form = in.readByte();
            if (form != FORM) {
                throw new IllegalStateException("an entry of form " + form + " is not known to this version");
            }
            return type.cast(shape(type).read(in));
        } catch (IOException e) {
            throw new UncheckedIOException("an entry of the books cannot be read", e);
        }
    }

    /** Returns the shape of what is written and read as objects; whoever asks knows the type. */
    static Shape<Object> shape(Type type) {
        Shape<Object> known = SHAPES.get(type);
        if (known == null) {
            // Not computeIfAbsent: making one asks for those of its parts.
            known = make(type);
            SHAPES.put(type, known);
        }
        return known;
    }

    @SuppressWarnings("unchecked")
    private static Shape<Object> make(Type type) {
        if (LEAVES.containsKey(type)) {
            return (Shape<Object>) LEAVES.get(type);
        } else if (type instanceof WildcardType wildcard) {
            return shape(wildcard.getUpperBounds()[0]);
        } else if (type instanceof ParameterizedType generic) {
            Type[] parts = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return (Shape<Object>) (Shape<?>) Shape.list(shape(parts[0]));
            } else if (generic.getRawType() == Map.class) {
                return (Shape<Object>) (Shape<?>) Shape.map(shape(parts[0]), shape(parts[1]));
            }
            return shape(generic.getRawType());
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return new RecordShape(plain);
        } else if (plain.isSealed()) {
            return oneOf(kinds(plain));
        } else if (plain.isEnum()) {
            return Shape.constants(plain.getEnumConstants());
        }
        throw new IllegalStateException("the books have no form for " + type);
    }

    /** By their names: a compiler may list them in any order. */
    static List<Class<?>> kinds(Class<?> sealed) {
        return Stream.<Class<?>>of(sealed.getPermittedSubclasses())
                .sorted(Comparator.comparing(Class::getName))
                .toList();
    }

    private static Shape<Object> oneOf(List<Class<?>> classes) {
        List<Shape<Object>> shapes = new ArrayList<>();
        for (Class<?> each : classes) {
            shapes.add(shape(each));
        }
        return Shape.oneOf(classes, shapes);
    }

    private static <T> Map.Entry<Type, Shape<?>> leaf(Class<T> type, Shape<T> shape) {
        return Map.entry(type, shape);
    }

    private static void write(DataOutputStream out, Instant instant) throws IOException {
        Shape.number(out, instant.getEpochSecond());
        Shape.number(out, instant.getNano());
    }

    private static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(Shape.number(in), Shape.number(in));
    }

    private static void write(DataOutputStream out, Duration duration) throws IOException {
        Shape.number(out, duration.getSeconds());
        Shape.number(out, duration.getNano());
    }

    private static Duration duration(DataInputStream in) throws IOException {
        return Duration.ofSeconds(Shape.number(in), Shape.number(in));
    }

    private static void write(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }
}
