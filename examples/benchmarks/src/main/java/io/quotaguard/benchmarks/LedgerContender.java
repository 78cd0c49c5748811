package io.quotaguard.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Bucket4j, and a ledger row for each use that it allows. The row is a transaction of its own, since Bucket4j has committed
 * before it returns: a crash between the two loses it.
 */
final class LedgerContender implements Contender {
    private final Contender other;
    private final PlainLedger ledger;
    private final BenchmarkDatabase database;
    private final DataSource pool;

    private LedgerContender(Contender other, PlainLedger ledger, Bed bed) {
        this.other = other;
        this.ledger = ledger;
        this.database = bed.postgres().database();
        this.pool = bed.postgres().servingPool();
    }

    static LedgerContender besideBucket4j(Bed bed) {
        PlainLedger ledger = PlainLedger.create(bed.postgres().database(), "bucket4j_ledger");
        return new LedgerContender(Bucket4jPostgres.selectForUpdate(bed, "with_ledger"), ledger, bed);
    }

    @Override
    public boolean use(int subject, long units) throws SQLException {
        boolean allowed = other.use(subject, units);
        if (allowed) {
            try (Connection connection = pool.getConnection()) {
                ledger.append(connection, subject, units);
            }
        }
        return allowed;
    }

    @Override
    public Books books() throws SQLException {
        return new Books(other.books().units(), ledger.rows(database));
    }
}
