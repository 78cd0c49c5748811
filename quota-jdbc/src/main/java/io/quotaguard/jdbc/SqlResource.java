package io.quotaguard.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** SQL text of this package, with the schema's name filled in. */
final class SqlResource {
    static final String PLACEHOLDER = "quota_schema";

    private SqlResource() {}

    /** Reads the file {@code name}, relative to this package. */
    static String read(String name, String schema) {
        try (InputStream in = SqlResource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks its own file " + name);
            }
            return fill(new String(in.readAllBytes(), StandardCharsets.UTF_8), schema);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the jar's own file " + name, e);
        }
    }

    /** Puts the schema's name in the place of the placeholder. */
    static String fill(String sql, String schema) {
        return sql.replace("${" + PLACEHOLDER + "}", schema);
    }
}
