package io.quotaguard.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What one writes first: a transaction that reads the limit, locks the counter, adds to it and appends to a ledger. */
final class NaiveContender implements Contender {
    private static final String TABLES = """
            CREATE SCHEMA IF NOT EXISTS peer;
            CREATE TABLE peer.naive_plan (subject bigint PRIMARY KEY, units bigint NOT NULL);
            CREATE TABLE peer.naive_counter (subject bigint PRIMARY KEY, used bigint NOT NULL);
            INSERT INTO peer.naive_plan SELECT n, CASE WHEN n < %1$d THEN %3$d ELSE %4$d END FROM generate_series(0, %2$d) n;
            INSERT INTO peer.naive_counter SELECT n, 0 FROM generate_series(0, %2$d) n;
            """;

    private static final String LIMIT = "SELECT units FROM peer.naive_plan WHERE subject = ?";
    private static final String LOCK = "SELECT used FROM peer.naive_counter WHERE subject = ? FOR UPDATE";
    private static final String ADD = "UPDATE peer.naive_counter SET used = used + ? WHERE subject = ?";

    private final BenchmarkDatabase database;
    private final PlainLedger ledger;
    private final DataSource pool;

    private NaiveContender(Bed bed) {
        this.database = bed.postgres().database();
        this.ledger = PlainLedger.create(database, "naive_ledger");
        this.pool = bed.postgres().servingPool();
    }

    static NaiveContender create(Bed bed) {
        Subjects subjects = bed.subjects();
        bed.postgres()
                .database()
                .execute(TABLES.formatted(subjects.size(), subjects.all() - 1, Subjects.ROOM, Subjects.LITTLE));
        return new NaiveContender(bed);
    }

    @Override
    public boolean use(int subject, long units) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            // The driver sends BEGIN along with the first statement.
            connection.setAutoCommit(false);
            long limit = read(connection, LIMIT, subject);
            boolean allowed = units <= limit - read(connection, LOCK, subject);
            if (allowed) {
                add(connection, subject, units);
                ledger.append(connection, subject, units);
            }
            connection.commit();
            return allowed;
        }
    }

    private static long read(Connection connection, String sql, int subject) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, subject);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static void add(Connection connection, int subject, long units) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(ADD)) {
            update.setLong(1, units);
            update.setLong(2, subject);
            update.executeUpdate();
        }
    }

    @Override
    public Books books() {
        return new Books(database.number("SELECT sum(used) FROM peer.naive_counter"), ledger.rows(database));
    }
}
