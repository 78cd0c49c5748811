package io.quotaguard.testbed;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The databases made on one server, each with a name of its own so that tests, and JVMs, never see each other's rows. */
final class FreshDatabases {
    private static final Logger log = LoggerFactory.getLogger(FreshDatabases.class);

    private final PostgresUrl server;
    private final String prefix = "quota_test_" + UUID.randomUUID().toString().substring(0, 8) + "_";
    private final AtomicInteger numbers = new AtomicInteger();
    private final Queue<String> names = new ConcurrentLinkedQueue<>();

    FreshDatabases(PostgresUrl server) {
        this.server = server;
    }

    /** Makes a database from template0, which nobody can have changed or be connected to. */
    PostgresUrl create() {
        String name = prefix + numbers.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE template0");
        } catch (SQLException e) {
            throw new TestServerException(
                    "Cannot create the database " + name + " through " + server + ": " + e.getMessage(), e);
        }
        names.add(name);
        return server.withDatabase(name);
    }

    /** Drops what was made, with whoever is still connected; a server that is gone by then has nothing left to drop. */
    void dropAll() {
        if (names.isEmpty()) {
            return;
        }
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            for (String name = names.peek(); name != null; name = names.peek()) {
                statement.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
                names.remove(name);
            }
        } catch (SQLException e) {
            log.warn("Test databases {}* stay behind on {}: {}", prefix, server, e.getMessage());
        }
    }
}
