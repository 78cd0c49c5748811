package io.quotaguard.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The least that a host keeps to know afterwards who used what, once for each key. */
final class PlainLedger {
    private static final String TABLE = """
            CREATE SCHEMA IF NOT EXISTS peer;
            CREATE TABLE %s (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                key uuid NOT NULL UNIQUE,
                subject bigint NOT NULL,
                units bigint NOT NULL,
                at timestamptz NOT NULL DEFAULT clock_timestamp());
            """;

    private final String table;
    private final String insert;

    private PlainLedger(String table) {
        this.table = table;
        this.insert = "INSERT INTO " + table + " (key, subject, units) VALUES (?, ?, ?)";
    }

    static PlainLedger create(BenchmarkDatabase database, String name) {
        String table = "peer." + name;
        database.execute(TABLE.formatted(table));
        return new PlainLedger(table);
    }

    void append(Connection connection, int subject, long units) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setObject(1, randomKey());
            statement.setLong(2, subject);
            statement.setLong(3, units);
            statement.executeUpdate();
        }
    }

    long rows(BenchmarkDatabase database) {
        return database.number("SELECT count(*) FROM " + table);
    }

    /** A version 4 UUID, as callers make it, though without a secure generator, which would be measured too. */
    static UUID randomKey() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & ~(0b11L << 62)) | (0b10L << 62);
        return new UUID(high, low);
    }
}
