package io.quotaguard.testbed;

/** A PostgreSQL server that tests share, each in a database of its own. Safe for use by several threads. */
public final class PostgresServer {
    private final String description;
    private final FreshDatabases databases;

    PostgresServer(String description, FreshDatabases databases) {
        this.description = description;
        this.databases = databases;
    }

    /**
     * Makes an empty database and returns its JDBC address, user and password included.
     *
     * @throws TestServerException when the server cannot be reached or its user may not create databases
     */
    public String freshDatabaseUrl() {
        return databases.create().jdbcUrl();
    }

    /** Drops every database that was given out, with whoever is still connected to it. */
    void dropDatabases() {
        databases.dropAll();
    }

    /** Which server this is, without its password. */
    @Override
    public String toString() {
        return description;
    }
}
