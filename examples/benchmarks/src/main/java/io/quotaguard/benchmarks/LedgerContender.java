package io.quotaguard.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/**
 * Another contender, and a ledger row beside each use that it allows: what a host writes that wants to know afterwards who
 * used what. The row is a transaction of its own, since the other commits before it returns, so a crash between the two
 * loses it.
 */
final class LedgerContender implements Contender {
    private static final String TABLE = """
            CREATE TABLE peer.ledger (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                key uuid NOT NULL UNIQUE,
                subject bigint NOT NULL,
                units bigint NOT NULL,
                at timestamptz NOT NULL DEFAULT clock_timestamp());
            """;

    private static final String INSERT = "INSERT INTO peer.ledger (key, subject, units) VALUES (?, ?, ?)";

    private final Contender other;
    private final BenchmarkDatabase database;
    private final DataSource pool;

    private LedgerContender(Contender other, Contest.Bed bed) {
        this.other = other;
        this.database = bed.postgres().database();
        this.pool = bed.postgres().servingPool();
    }

    static LedgerContender besideBucket4j(Contest.Bed bed) {
        Contender other = Bucket4jContender.selectForUpdate(bed, "with_ledger");
        bed.postgres().database().execute(TABLE);
        return new LedgerContender(other, bed);
    }

    @Override
    public boolean use(int subject, long units) throws SQLException {
        return other.use(subject, units) && write(subject, units);
    }

    private boolean write(int subject, long units) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, randomKey());
            insert.setLong(2, subject);
            insert.setLong(3, units);
            return insert.executeUpdate() == 1;
        }
    }

    @Override
    public Books books() throws SQLException {
        return new Books(other.books().units(), database.number("SELECT count(*) FROM peer.ledger"));
    }

    /** A key as callers make it, though without a secure generator, which would be part of what is measured. */
    static UUID randomKey() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong());
    }
}
