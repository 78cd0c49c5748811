package io.quotaguard.jdbc;

import java.util.EnumMap;
import java.util.Map;

/**
 * The statements that run inside the host's transaction. Each answers nothing, and does nothing, unless the transaction is
 * read committed: asked for beforehand, the isolation would cost a round trip, and an error would end the host's
 * transaction. Names are qualified, operators too, since the search path is the host's. Immutable.
 */
final class JoinedSql {
    private static final String IF_READ_COMMITTED =
            " WHERE pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.=) 'read committed'";

    private final Map<SchemaFunction, String> calls = new EnumMap<>(SchemaFunction.class);
    private final String load;

    JoinedSql(String schema) {
        for (SchemaFunction function : SchemaFunction.values()) {
            calls.put(function, function.call(schema) + IF_READ_COMMITTED);
        }
        load = SqlResource.fill("SELECT ${quota_schema}.quota_subject_catalog(?)::pg_catalog.text", schema)
                + IF_READ_COMMITTED;
    }

    String call(SchemaFunction function) {
        return calls.getOrDefault(function, "");
    }

    /** Returns the statement that reads a subject's catalog. */
    String load() {
        return load;
    }
}
