package io.quotaguard.jdbc;

import io.quotaguard.model.Origin;
import io.quotaguard.model.Window;
import io.quotaguard.spi.KeyIdentity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of the ledger as a store would have written it, for tests of what is read. Immutable. */
record LedgerRow(
        String subject,
        String feature,
        String operation,
        long amount,
        String key,
        Window window,
        Instant recordedAt,
        @Nullable Origin origin,
        long overage,
        @Nullable String grants,
        List<UUID> chargedWith,
        @Nullable Long corrects) {

    static LedgerRow of(String operation, String subject, long amount) {
        String key = UUID.randomUUID().toString();
        return new LedgerRow(
                subject, "f", operation, amount, key, Window.PERMANENT, Catalogs.START, null, 0, null, List.of(), null);
    }

    static LedgerRow use(String subject, long amount) {
        return of("RECORD", subject, amount);
    }

    LedgerRow feature(String other) {
        return new LedgerRow(
                subject,
                other,
                operation,
                amount,
                key,
                window,
                recordedAt,
                origin,
                overage,
                grants,
                chargedWith,
                corrects);
    }

    LedgerRow key(String other) {
        return new LedgerRow(
                subject,
                feature,
                operation,
                amount,
                other,
                window,
                recordedAt,
                origin,
                overage,
                grants,
                chargedWith,
                corrects);
    }

    LedgerRow in(Window other) {
        return new LedgerRow(
                subject,
                feature,
                operation,
                amount,
                key,
                other,
                recordedAt,
                origin,
                overage,
                grants,
                chargedWith,
                corrects);
    }

    LedgerRow at(Instant other) {
        return new LedgerRow(
                subject,
                feature,
                operation,
                amount,
                key,
                window,
                other,
                origin,
                overage,
                grants,
                chargedWith,
                corrects);
    }

    LedgerRow onBehalf(String user, String used, long rate) {
        Origin other = new Origin(user, used, rate);
        return new LedgerRow(
                subject,
                feature,
                operation,
                amount,
                key,
                window,
                recordedAt,
                other,
                overage,
                grants,
                chargedWith,
                corrects);
    }

    LedgerRow overage(long units) {
        return new LedgerRow(
                subject,
                feature,
                operation,
                amount,
                key,
                window,
                recordedAt,
                origin,
                units,
                grants,
                chargedWith,
                corrects);
    }

    LedgerRow grants(String json) {
        return new LedgerRow(
                subject,
                feature,
                operation,
                amount,
                key,
                window,
                recordedAt,
                origin,
                overage,
                json,
                chargedWith,
                corrects);
    }

    LedgerRow with(LedgerRow... others) {
        List<UUID> charged = List.of(others).stream().map(LedgerRow::dedup).toList();
        return new LedgerRow(
                subject,
                feature,
                operation,
                amount,
                key,
                window,
                recordedAt,
                origin,
                overage,
                grants,
                charged,
                corrects);
    }

    LedgerRow corrects(long id) {
        return new LedgerRow(
                subject, feature, operation, amount, key, window, recordedAt, origin, overage, grants, chargedWith, id);
    }

    UUID dedup() {
        return KeyIdentity.of(subject, feature, key, operation.equals("COMMIT"), origin);
    }

    /** Writes the row and nothing else; returns its number. */
    long into(TestDatabase database) {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement("""
                        INSERT INTO quotaguard.usage_record
                               (dedup, subject, feature, window_start, window_end, operation, amount, used_after,
                                held_after, limit_units, overage, grants, source, source_plan, source_version, key,
                                fingerprint, origin_subject, origin_feature, origin_rate, charged_with, corrects,
                                degraded, metadata, recorded_at)
                        VALUES (?, ?, ?, ?::timestamptz, ?::timestamptz, ?, ?, 100, 0, 10, ?, ?::jsonb, 'PLAN', 'free',
                                1, ?, 17, ?, ?, ?, ?, ?, false, '{"job":"nightly"}', ?::timestamptz)
                        RETURNING id
                        """)) {
            Object[] values = {
                dedup(),
                subject,
                feature,
                Times.text(window.start()),
                Times.endText(window.end()),
                operation,
                amount,
                overage,
                grants,
                key,
                origin == null ? null : origin.subject(),
                origin == null ? null : origin.feature(),
                origin == null ? null : origin.rate(),
                chargedWith.isEmpty() ? null : connection.createArrayOf("uuid", chargedWith.toArray()),
                corrects,
                Times.text(recordedAt)
            };
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
