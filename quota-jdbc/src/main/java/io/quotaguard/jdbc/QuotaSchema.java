package io.quotaguard.jdbc;

import io.quotaguard.model.Names;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * The tables and functions of the PostgreSQL store, and the ways to bring a database to their present version.
 *
 * <p>Either {@link #migrate(DataSource)} does it through Flyway, which must then be on the class path; or the host's own
 * Flyway does, with the location {@code classpath:io/quotaguard/jdbc/migration} and the placeholder
 * {@code quota_schema}; or a person runs {@link #script(String)}. A role that only works with the schema gets
 * {@link #grants(String, String)}. All static, safe for use by many threads and JVMs.
 */
public final class QuotaSchema {
    /** The schema that is used when none is named. */
    public static final String DEFAULT_NAME = "quotaguard";

    static final String LOCATION = "io/quotaguard/jdbc/migration";

    /** The migrations in their order; the first makes version 1, each next one more. */
    static final List<String> MIGRATIONS = List.of(
            "V1__tables.sql",
            "V2__decisions.sql",
            "V3__execute.sql",
            "V4__realign.sql",
            "V5__windows.sql",
            "V6__catalog.sql",
            "V7__entitlements.sql",
            "V8__console.sql",
            "V9__settle.sql",
            "V10__correct.sql",
            "V11__use.sql",
            "V12__uses_one_by_one.sql",
            "V13__uses.sql",
            "V14__maintenance.sql",
            "V15__spend.sql",
            "V16__post.sql");

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private QuotaSchema() {}

    /** Brings the schema {@link #DEFAULT_NAME} to the present version. */
    public static int migrate(DataSource dataSource) {
        return migrate(dataSource, DEFAULT_NAME);
    }

    /**
     * Brings a schema to the present version, creating it when it is missing. Running it again, or on ten nodes at once,
     * does no harm.
     *
     * @param schema a lower-case name of letters, digits and {@code _}
     * @return the version that the schema has now
     * @throws QuotaSchemaException when the schema is newer than this code, or the migration failed
     * @throws IllegalStateException when Flyway is not on the class path
     * @throws QuotaUnavailableException when the database cannot be reached
     */
    public static int migrate(DataSource dataSource, String schema) {
        SchemaVersion.requireName(schema);
        int found = currentVersion(dataSource, schema);
        if (found > SchemaVersion.NEEDED) {
            SchemaVersion.verify(found, schema);
        }
        if (found < SchemaVersion.NEEDED) {
            FlywayMigration.run(dataSource, schema, found);
        }
        return currentVersion(dataSource, schema);
    }

    /** Returns all migrations as one script, for a person to run on a database that has none of them. */
    public static String script(String schema) {
        SchemaVersion.requireName(schema);
        return MIGRATIONS.stream()
                .map(file -> SqlResource.read("migration/" + file, schema))
                .collect(Collectors.joining("\n"));
    }

    /**
     * Returns the rights that the library needs at run time, as a script of {@code GRANT} statements for whoever owns the
     * schema to run.
     *
     * <p>With these alone a role can do everything that the library does, and cannot edit or empty the ledger
     * ({@code usage_record}) and the audit ({@code catalog_change}), nor change the schema. A migration needs the owner's
     * rights instead, so a host that grants these migrates under another role than it works.
     *
     * <p>A schema is a namespace. Applications that share a database get one each, and a role each that is granted that one
     * alone: none can read or write the counters, plans or ledger of another, nor call its functions, and the same subject
     * in two schemas is two subjects. Functions run with the rights of their caller and look nothing up in the session's
     * search path, so what other roles create in {@code public} changes nothing.
     *
     * @param schema a lower-case name of letters, digits and {@code _}
     * @param role the role as it is called, without quotes
     */
    public static String grants(String schema, String role) {
        return grants("grants.sql", schema, role);
    }

    /**
     * Returns the rights that a role needs for maintenance, as a script for whoever owns the schema to run: it may remove
     * what is past its retention, and neither edit nor add anything. The audit it cannot touch; a host that has it pruned
     * grants {@code DELETE} on {@code catalog_change} as well.
     *
     * @param schema a lower-case name of letters, digits and {@code _}
     * @param role the role as it is called, without quotes
     */
    public static String maintenanceGrants(String schema, String role) {
        return grants("grants_maintenance.sql", schema, role);
    }

    private static String grants(String file, String schema, String role) {
        SchemaVersion.requireName(schema);
        String quoted = '"' + Names.require("role", role).replace("\"", "\"\"") + '"';
        return SqlResource.read(file, schema).replace("${role}", quoted);
    }

    /** Returns the version of the schema {@link #DEFAULT_NAME}, 0 when it is missing. */
    public static int currentVersion(DataSource dataSource) {
        return currentVersion(dataSource, DEFAULT_NAME);
    }

    /**
     * Returns a schema's version, 0 when it is missing.
     *
     * @throws QuotaUnavailableException when the database cannot be reached
     */
    public static int currentVersion(DataSource dataSource, String schema) {
        SchemaVersion.requireName(schema);
        try (Connections connections = new Connections(dataSource)) {
            return currentVersion(connections, schema, Deadline.after(PATIENCE));
        }
    }

    static int currentVersion(Connections connections, String schema, Deadline deadline) {
        try (Session session = connections.open(deadline)) {
            return SchemaVersion.read(session.connection(), schema);
        } catch (NoConnectionException | SQLException e) {
            throw new QuotaUnavailableException(
                    "cannot read the version of schema " + schema + ": " + Faults.text(e),
                    e,
                    null,
                    JdbcQuotaStore.NAME);
        }
    }
}
