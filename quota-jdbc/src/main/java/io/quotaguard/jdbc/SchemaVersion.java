package io.quotaguard.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** The version of the schema: which one this code needs, and which one a database has. */
final class SchemaVersion {
    /** The version that the last of {@link QuotaSchema#MIGRATIONS} makes. */
    static final int NEEDED = QuotaSchema.MIGRATIONS.size();

    static final int MISSING = 0;

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private SchemaVersion() {}

    /** Returns the name when it can stand in SQL as it is. */
    static String requireName(String schema) {
        if (!NAME.matcher(io.quotaguard.model.InvalidQuotaArgumentException.required("schema", schema))
                .matches()) {
            throw io.quotaguard.model.InvalidQuotaArgumentException.of(
                    "R46", "schema", schema, "is not a lower-case letter or _ and up to 62 letters, digits or _");
        }
        return schema;
    }

    /** Returns the version found, {@link #MISSING} when there is no schema or not this one. */
    static int read(Connection connection, String schema) throws SQLException {
        String table = schema + ".schema_info";
        try (PreparedStatement exists = connection.prepareStatement("SELECT pg_catalog.to_regclass(?) IS NOT NULL")) {
            exists.setString(1, table);
            try (ResultSet row = exists.executeQuery()) {
                if (!row.next() || !row.getBoolean(1)) {
                    return MISSING;
                }
            }
        }
        try (PreparedStatement version = connection.prepareStatement("SELECT version FROM " + table);
                ResultSet row = version.executeQuery()) {
            return row.next() ? row.getInt(1) : MISSING;
        }
    }

    static void verify(int found, String schema) {
        if (found == NEEDED) {
            return;
        }
        String state = found == MISSING
                ? "schema " + schema + " has no QuotaGuard tables"
                : "schema " + schema + " is at version " + found;
        String advice = found < NEEDED
                ? "call QuotaSchema.migrate(dataSource, \"" + schema + "\") or run QuotaSchema.script(\"" + schema
                        + "\")"
                : "it was migrated by newer code, so use that version of quota-jdbc here too";
        throw new QuotaSchemaException(
                state + ", but this code needs version " + NEEDED + "; " + advice, null, found, NEEDED);
    }
}
