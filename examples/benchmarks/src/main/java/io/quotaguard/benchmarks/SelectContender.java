package io.quotaguard.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import javax.sql.DataSource;

/** The floor of whatever asks the server: {@code SELECT 1}. It decides nothing, and answers from this JVM's memory. */
final class SelectContender implements Contender {
    private final Subjects subjects;
    private final DataSource pool;
    private final AtomicIntegerArray spent;

    SelectContender(Contest.Bed bed) {
        this.subjects = bed.subjects();
        this.pool = bed.postgres().servingPool();
        this.spent = new AtomicIntegerArray(subjects.all());
    }

    @Override
    public boolean use(int subject, long units) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT 1");
                ResultSet row = select.executeQuery()) {
            row.next();
        }
        return subjects.hasRoom(subject) ? units <= Subjects.ROOM : spent.getAndSet(subject, 1) == 0;
    }

    @Override
    public Books books() {
        return new Books(0, 0);
    }
}
