package io.quotaguard.jdbc;

import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of {@code membership}, which never form a circle nor stand too high (R40). Thread-safe. */
final class MembershipTable {
    /** No pools stand this high; a broken table must not hang the change. */
    private static final int MAX_STEPS = 100;

    private final String lock;
    private final String above;
    private final String height;
    private final String find;
    private final String remove;
    private final String save;
    private final String members;

    MembershipTable(Database database) {
        // "QGP" and the schema's own number: no two schemas of a database wait for each other, nor for the host's own
        // locks. It belongs to the transaction, as a pooler may give the session to somebody else.
        lock = database.sql("""
                SELECT pg_advisory_xact_lock(
                           (5326672::bigint << 32) | '${quota_schema}'::regnamespace::oid::bigint)::text
                """);
        above = database.sql("""
                WITH RECURSIVE above AS (
                    SELECT :pool::text COLLATE "C" AS subject, 1 AS step
                    UNION ALL
                    SELECT m.pool, a.step + 1
                      FROM above a
                      JOIN ${quota_schema}.membership m ON m.subject = a.subject
                     WHERE a.subject <> :subject AND a.step < :maxSteps)
                SELECT subject FROM above ORDER BY step
                """);
        height = database.sql("""
                WITH RECURSIVE below AS (
                    SELECT :subject::text COLLATE "C" AS subject, 1 AS level
                    UNION ALL
                    SELECT m.subject, b.level + 1
                      FROM below b
                      JOIN ${quota_schema}.membership m ON m.pool = b.subject
                     WHERE b.level < :maxSteps)
                SELECT max(level) FROM below
                """);
        find = database.sql("SELECT pool FROM ${quota_schema}.membership WHERE subject = :subject");
        remove = database.sql("DELETE FROM ${quota_schema}.membership WHERE subject = :subject");
        save = database.sql("INSERT INTO ${quota_schema}.membership (subject, pool) VALUES (:subject, :pool)");
        members = database.sql("""
                SELECT subject FROM ${quota_schema}.membership
                 WHERE pool = :pool AND subject > :after
                 ORDER BY subject
                 LIMIT :max
                """);
    }

    /** Lets memberships be changed one transaction at a time, lest two of them close a circle together. */
    void lock(Handle handle) {
        handle.createQuery(lock).mapTo(String.class).one();
    }

    /** Returns why the member cannot belong to the pool. */
    Optional<CatalogOutcome> obstacle(Handle handle, SaveMembership change) {
        if (change.pool() == null) {
            return Optional.empty();
        }
        List<String> path = new ArrayList<>(List.of(change.subject()));
        path.addAll(handle.createQuery(above)
                .bind("pool", change.pool())
                .bind("subject", change.subject())
                .bind("maxSteps", MAX_STEPS)
                .mapTo(String.class)
                .list());
        if (path.get(path.size() - 1).equals(change.subject())) {
            return Optional.of(new CatalogOutcome.PoolCycle(path));
        }
        int height = handle.createQuery(this.height)
                .bind("subject", change.subject())
                .bind("maxSteps", MAX_STEPS)
                .mapTo(Integer.class)
                .one();
        int levels = path.size() - 1 + height;
        return levels > SaveMembership.MAX_POOL_LEVELS
                ? Optional.of(new CatalogOutcome.PoolTooDeep(levels))
                : Optional.empty();
    }

    Optional<String> find(Handle handle, String subject) {
        return handle.createQuery(find)
                .bind("subject", subject)
                .mapTo(String.class)
                .findOne();
    }

    /** Saves that the subject, which has a revision, belongs to the pool, or for null to none. */
    void save(Handle handle, String subject, @Nullable String pool) {
        handle.createUpdate(remove).bind("subject", subject).execute();
        if (pool != null) {
            handle.createUpdate(save)
                    .bind("subject", subject)
                    .bind("pool", pool)
                    .execute();
        }
    }

    List<String> members(Handle handle, String pool, @Nullable String after, int max) {
        return handle.createQuery(members)
                .bind("pool", pool)
                .bind("after", after == null ? "" : after)
                .bind("max", max)
                .mapTo(String.class)
                .list();
    }
}
