package io.quotaguard.jdbc;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What two stores show of the same life, without the numbers that each gives out by itself. */
final class ParityViews {
    private ParityViews() {}

    static Object ledger(QuotaGuard guard, String subject) {
        return guard.usage().records(UsageQuery.of(subject).pageSize(1000)).stream()
                .map(row -> List.of(
                        row.feature(),
                        row.window(),
                        row.operation(),
                        row.amount(),
                        row.usedAfter(),
                        row.limit(),
                        row.key(),
                        row.metadata(),
                        row.recordedAt()))
                .toList();
    }

    static Object alerts(QuotaGuard guard, String subject) {
        return guard.alerts().list(subject, 0, 1000).stream()
                .map((Alert alert) -> new Alert(
                        0,
                        alert.subject(),
                        alert.feature(),
                        alert.window(),
                        alert.threshold(),
                        alert.generation(),
                        alert.used(),
                        alert.limit(),
                        alert.firedAt(),
                        false,
                        false,
                        false))
                .toList();
    }

    static Object audit(List<CatalogEntry> entries) {
        return entries.stream()
                .map(entry -> List.of(
                        entry.entity(),
                        entry.name(),
                        entry.change(),
                        String.valueOf(
                                entry.before() == null
                                        ? null
                                        : new TreeMap<>(entry.before().fields())),
                        String.valueOf(
                                entry.after() == null
                                        ? null
                                        : new TreeMap<>(entry.after().fields())),
                        entry.revision(),
                        entry.at()))
                .toList();
    }

    static List<@Nullable Object> asked(Connection psql, String subject, String feature) throws SQLException {
        try (PreparedStatement statement =
                psql.prepareStatement("SELECT * FROM quotaguard.check_user_quota(?, ?, 2)")) {
            statement.setString(1, subject);
            statement.setString(2, feature);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                List<@Nullable Object> answer = new ArrayList<>();
                answer.add(row.getBoolean("allowed"));
                answer.add(row.getString("reason"));
                answer.add(row.getLong("used"));
                answer.add(row.getLong("limit_units"));
                answer.add(row.getObject("remaining"));
                answer.add(row.getObject("window_start") == null ? null : Times.instant(row, "window_start"));
                answer.add(Times.end(row, "resets_at"));
                answer.add(row.getString("source"));
                answer.add(row.getString("plan_code"));
                answer.add(row.getLong("plan_version"));
                return answer;
            }
        }
    }

    static List<@Nullable Object> asked(QuotaGuard memory, String subject, String feature) {
        Decision decision = memory.check(Usage.of(subject, feature).amount(2));
        List<@Nullable Object> answer = new ArrayList<>();
        answer.add(decision.allowed());
        answer.add(decision.reason().map(Enum::name).orElse(null));
        answer.add(decision.used());
        answer.add(decision.limit().units());
        answer.add(decision.remaining().isPresent() ? decision.remaining().getAsLong() : null);
        answer.add(decision.window().map(window -> window.start()).orElse(null));
        answer.add(decision.resetsAt().orElse(null));
        answer.add(decision.source().kind().name());
        answer.add(decision.source().plan());
        answer.add(decision.source().planVersion());
        return answer;
    }

    static Object viewed(Connection psql, String subject) throws SQLException {
        try (PreparedStatement statement =
                psql.prepareStatement("SELECT * FROM quotaguard.quota_overview WHERE subject = ? ORDER BY feature")) {
            statement.setString(1, subject);
            List<Object> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(Map.of(
                            "feature", row.getString("feature"),
                            "plan", String.valueOf(row.getString("plan_code")),
                            "limit", row.getLong("limit_units"),
                            "used", row.getLong("used"),
                            "percent", String.valueOf(row.getObject("percent_used")),
                            "remaining", String.valueOf(row.getObject("remaining")),
                            "resets", String.valueOf(Times.end(row, "resets_at")),
                            "source", row.getString("source")));
                }
            }
            return rows;
        }
    }

    static Object viewed(QuotaOverview overview) {
        List<Object> rows = new ArrayList<>();
        for (FeatureUsage usage : overview.features()) {
            rows.add(Map.of(
                    "feature", usage.feature(),
                    "plan", String.valueOf(usage.source().plan()),
                    "limit", usage.limit().units(),
                    "used", usage.counter().used(),
                    "percent",
                            usage.percentUsed().isPresent()
                                    ? "" + usage.percentUsed().getAsInt()
                                    : "null",
                    "remaining",
                            usage.remaining().isPresent()
                                    ? "" + usage.remaining().getAsLong()
                                    : "null",
                    "resets", String.valueOf(usage.resetsAt().orElse(null)),
                    "source", usage.source().kind().name()));
        }
        return rows;
    }
}
