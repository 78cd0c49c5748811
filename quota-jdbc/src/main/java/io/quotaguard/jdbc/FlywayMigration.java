package io.quotaguard.jdbc;

import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The one class that touches Flyway, so that hosts without it never load it. */
final class FlywayMigration {
    private static final String HISTORY = "quota_schema_history";
    private static final int MAX_ATTEMPTS = 5;

    private FlywayMigration() {}

    /**
     * Runs the migrations that the schema lacks.
     *
     * @param found the version found; a schema made by a script has no history yet, and starts it there
     */
    static void run(DataSource dataSource, String schema, int found) {
        for (int attempt = 1; ; attempt++) {
            try {
                flyway(dataSource, schema, found).migrate();
                return;
            } catch (FlywayException e) {
                // Nodes that start at once may collide while the schema and its history are created; the next attempt
                // finds them there.
                if (attempt == MAX_ATTEMPTS) {
                    throw new QuotaSchemaException(
                            "schema " + schema + " could not be migrated from version " + found + " to "
                                    + SchemaVersion.NEEDED + ": " + Faults.text(e),
                            e,
                            found,
                            SchemaVersion.NEEDED);
                }
            } catch (NoClassDefFoundError e) {
                throw new IllegalStateException(
                        "QuotaSchema.migrate needs org.flywaydb:flyway-database-postgresql on the class path; add it, or"
                                + " run QuotaSchema.script(\"" + schema + "\") on the database",
                        e);
            }
        }
    }

    private static Flyway flyway(DataSource dataSource, String schema, int found) {
        return Flyway.configure(QuotaSchema.class.getClassLoader())
                .dataSource(dataSource)
                .schemas(schema)
                .defaultSchema(schema)
                .createSchemas(true)
                .table(HISTORY)
                .locations("classpath:" + QuotaSchema.LOCATION)
                .placeholders(Map.of(SqlResource.PLACEHOLDER, schema))
                .baselineOnMigrate(true)
                .baselineVersion(Integer.toString(found))
                .cleanDisabled(true)
                .load();
    }
}
