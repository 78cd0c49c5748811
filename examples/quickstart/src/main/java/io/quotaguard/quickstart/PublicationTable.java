package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The published articles as rows of the platform's own, in the database of the store: each row and the charge for it are
 * one commit. Thread-safe.
 */
final class PublicationTable implements Publications {
    private static final String CREATE = """
            CREATE TABLE %s.published_article (
                author text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, title text NOT NULL, channels bigint NOT NULL,
                PRIMARY KEY (author, key))
            """;
    private static final String INSERT = """
            INSERT INTO %s.published_article (author, key, title, channels) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;
    private static final String COMPARE = """
            SELECT count(a.key) AS articles, count(u.key) AS usages,
                   count(*) FILTER (WHERE a.key IS NULL OR u.key IS NULL OR a.channels <> u.amount) AS halves
              FROM %1$s.published_article a
              FULL JOIN (SELECT * FROM %1$s.usage_record
                          WHERE feature = ? AND operation = 'RECORD' AND origin_subject IS NULL AND metadata ->> 'job' = ?) u
                ON u.subject = a.author AND u.key = a.key
            """;

    private final ReplaySchema schema;
    private final ForcedCrashes crashes;

    /** Creates the table. */
    PublicationTable(ReplaySchema schema, ForcedCrashes crashes) {
        this.schema = schema;
        this.crashes = crashes;
        schema.inDatabase(connection -> ReplaySchema.execute(connection, CREATE.formatted(schema.name())));
    }

    @Override
    public Decision charge(QuotaGuard quota, Usage usage, Post post, Article article) {
        while (true) {
            try {
                return schema.inDatabase(connection -> inOneCommit(connection, quota, usage, post, article));
            } catch (ForcedCrashes.CrashException e) {
                // The program is up again, and its client repeats the request with the key that it had.
            }
        }
    }

    private Decision inOneCommit(Connection connection, QuotaGuard quota, Usage usage, Post post, Article article)
            throws SQLException {
        connection.setAutoCommit(false);
        insert(connection, post, article);
        crashes.maybe(connection);
        // Last, since others who charge this author wait from here on until the commit.
        Decision decision = quota.in(connection).checkAndRecord(usage);
        crashes.maybe(connection);
        if (decision.allowed()) {
            connection.commit();
        } else {
            connection.rollback();
        }
        return decision;
    }

    private void insert(Connection connection, Post post, Article article) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT.formatted(schema.name()))) {
            insert.setString(1, post.author());
            insert.setString(2, post.key());
            insert.setString(3, article.title());
            insert.setLong(4, post.channels().size());
            insert.executeUpdate();
        }
    }

    /** Compares the rows with the ledger. */
    CrashReport report() {
        return schema.inDatabase(connection -> {
            try (PreparedStatement compare = connection.prepareStatement(COMPARE.formatted(schema.name()))) {
                compare.setString(1, Offer.PUBLISH);
                compare.setString(2, Publisher.POST_JOB);
                try (ResultSet row = compare.executeQuery()) {
                    row.next();
                    return new CrashReport(
                            crashes.forced(), row.getLong("articles"), row.getLong("usages"), row.getLong("halves"));
                }
            }
        });
    }
}
