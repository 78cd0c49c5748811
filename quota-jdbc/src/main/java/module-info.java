/** The PostgreSQL store of QuotaGuard. */
module io.quotaguard.jdbc {
    requires transitive io.quotaguard.core;
    requires transitive java.sql;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires static flyway.core;
    requires org.jdbi.v3.core;
    requires org.postgresql.jdbc;
    requires org.slf4j;
}
