package io.quotaguard.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The floor of whatever asks the server: {@code SELECT 1}. It decides nothing. */
final class SelectContender implements Contender {
    private final KnownAnswers answers;
    private final DataSource pool;

    SelectContender(Bed bed) {
        this.answers = new KnownAnswers(bed.subjects());
        this.pool = bed.postgres().servingPool();
    }

    @Override
    public boolean use(int subject, long units) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT 1");
                ResultSet row = select.executeQuery()) {
            row.next();
        }
        return answers.allows(subject, units);
    }

    @Override
    public Books books() {
        return new Books(0, 0);
    }
}
