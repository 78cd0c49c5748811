package io.quotaguard.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The floor of whatever writes: one conditional UPDATE of one row, which is a transaction of its own. */
final class UpdateContender implements Contender {
    private static final String TABLE = """
            CREATE SCHEMA IF NOT EXISTS peer;
            CREATE TABLE peer.counter (subject bigint PRIMARY KEY, used bigint NOT NULL, units bigint NOT NULL);
            INSERT INTO peer.counter SELECT n, 0, CASE WHEN n < %1$d THEN %3$d ELSE %4$d END FROM generate_series(0, %2$d) n;
            """;

    private static final String UPDATE =
            "UPDATE peer.counter SET used = used + ? WHERE subject = ? AND units - used >= ?";

    private final BenchmarkDatabase database;
    private final DataSource pool;

    private UpdateContender(Bed bed) {
        this.database = bed.postgres().database();
        this.pool = bed.postgres().servingPool();
    }

    static UpdateContender create(Bed bed) {
        Subjects subjects = bed.subjects();
        bed.postgres()
                .database()
                .execute(TABLE.formatted(subjects.size(), subjects.all() - 1, Subjects.ROOM, Subjects.LITTLE));
        return new UpdateContender(bed);
    }

    @Override
    public boolean use(int subject, long units) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setLong(1, units);
            update.setLong(2, subject);
            update.setLong(3, units);
            return update.executeUpdate() == 1;
        }
    }

    @Override
    public Books books() {
        return new Books(database.number("SELECT sum(used) FROM peer.counter"), 0);
    }
}
