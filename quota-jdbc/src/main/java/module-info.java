/** The PostgreSQL store of QuotaGuard. */
module io.quotaguard.jdbc {
    requires transitive io.quotaguard.core;
    requires transitive java.sql;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    // Flyway names no module of its own: this is what the JDK makes of its jar's file name. Hosts without it lose
    // nothing.
    requires static flyway.core;
    requires org.jdbi.v3.core;
    requires org.postgresql.jdbc;
    requires org.slf4j;

    exports io.quotaguard.jdbc;
}
