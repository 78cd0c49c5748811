package io.quotaguard.jdbc;

import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code usage_grant} (R38). Thread-safe.
 *
 * <p>Uses lock a grant after their counters. So does whoever writes one here: see {@link CounterLocks}.
 */
final class GrantTable {
    private final String load;
    private final String find;
    private final String lock;
    private final String add;
    private final String end;

    GrantTable(Database database) {
        load = database.sql("""
                SELECT * FROM ${quota_schema}.usage_grant
                 WHERE subject = :subject AND (:feature::text IS NULL OR feature = :feature)
                 ORDER BY id
                """);
        find = database.sql("SELECT * FROM ${quota_schema}.usage_grant WHERE subject = :subject AND id = :id");
        lock = database.sql("""
                SELECT * FROM ${quota_schema}.usage_grant
                 WHERE subject = :subject AND feature = (SELECT feature FROM ${quota_schema}.usage_grant WHERE id = :id)
                 ORDER BY id
                   FOR UPDATE
                """);
        add = database.sql("""
                INSERT INTO ${quota_schema}.usage_grant
                       (subject, feature, amount, units_left, priority, effective_at, expires_at, source, granted_at)
                VALUES (:subject, :feature, :amount, :amount, :priority, :effectiveAt::timestamptz,
                        :expiresAt::timestamptz, :source, ${quota_schema}.quota_now())
                RETURNING *
                """);
        end = database.sql("""
                UPDATE ${quota_schema}.usage_grant SET units_left = 0, voided_at = ${quota_schema}.quota_now()
                 WHERE id = :id
                RETURNING *
                """);
    }

    List<GrantBalance> load(Handle handle, String subject, @Nullable String feature) {
        return handle.createQuery(load)
                .bind("subject", subject)
                .bind("feature", feature)
                .map((row, context) -> balance(row))
                .list();
    }

    Optional<GrantBalance> find(Handle handle, String subject, long id) {
        return handle.createQuery(find)
                .bind("subject", subject)
                .bind("id", id)
                .map((row, context) -> balance(row))
                .findOne();
    }

    /**
     * Returns a grant that exists, locked until the transaction ends: no use takes more of it. All grants of its feature are,
     * in the order in which uses lock them.
     */
    GrantBalance lock(Handle handle, String subject, long id) {
        return handle
                .createQuery(lock)
                .bind("subject", subject)
                .bind("id", id)
                .map((row, context) -> balance(row))
                .stream()
                .filter(balance -> balance.grant().id() == id)
                .findFirst()
                .orElseThrow();
    }

    GrantBalance add(Handle handle, Grant grant) {
        return handle.createQuery(add)
                .bind("subject", grant.subject())
                .bind("feature", grant.feature())
                .bind("amount", grant.amount())
                .bind("priority", grant.priority())
                .bind("effectiveAt", Times.optionalText(grant.effectiveAt()))
                .bind("expiresAt", Times.optionalText(grant.expiresAt()))
                .bind("source", grant.source().name())
                .map((row, context) -> balance(row))
                .one();
    }

    /** Takes back what is left of a grant. */
    GrantBalance end(Handle handle, long id) {
        return handle.createQuery(end)
                .bind("id", id)
                .map((row, context) -> balance(row))
                .one();
    }

    private static GrantBalance balance(ResultSet row) throws SQLException {
        Grant grant = new Grant(
                row.getLong("id"),
                row.getString("subject"),
                row.getString("feature"),
                row.getLong("amount"),
                row.getInt("priority"),
                Times.end(row, "effective_at"),
                Times.end(row, "expires_at"),
                Grant.Source.valueOf(row.getString("source")));
        return new GrantBalance(
                grant, row.getLong("units_left"), Times.instant(row, "granted_at"), Times.end(row, "voided_at"));
    }
}
