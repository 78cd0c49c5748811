package io.quotaguard.redis.books;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record's components; each that is not a primitive may be null. Thread-safe. */
final class RecordShape implements Shape<Object> {
    private final List<Part> parts = new ArrayList<>();
    private final Constructor<?> constructor;

    /** One component. */
    private record Part(Method accessor, Shape<Object> shape, boolean nullable) {
        @Nullable
        Object of(Object value) {
            try {
                return accessor.invoke(value);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(accessor + " cannot be called", e);
            }
        }
    }

    RecordShape(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            types[i] = component.getType();
            Shape<Object> shape = RecordBytes.shape(component.getGenericType());
            parts.add(new Part(component.getAccessor(), shape, !types[i].isPrimitive()));
        }
        try {
            constructor = type.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has such a constructor", e);
        }
    }

    @Override
    public void write(DataOutputStream out, Object value) throws IOException {
        for (Part part : parts) {
            Object component = part.of(value);
            if (part.nullable()) {
                out.writeBoolean(component != null);
            }
            if (component != null) {
                part.shape().write(out, component);
            }
        }
    }

    @Override
    public Object read(DataInputStream in) throws IOException {
        @Nullable Object[] values = new Object[parts.size()];
        for (int i = 0; i < values.length; i++) {
            Part part = parts.get(i);
            values[i] = !part.nullable() || in.readBoolean() ? part.shape().read(in) : null;
        }
        try {
            return constructor.newInstance(values);
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(constructor + " cannot be called", e);
        } catch (InvocationTargetException e) {
            throw new IOException("what was written is not allowed any more", e.getCause());
        }
    }
}
