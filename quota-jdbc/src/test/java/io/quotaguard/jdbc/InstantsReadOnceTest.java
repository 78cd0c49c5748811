package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.Window;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Instants reach the database as text. What adds rows up must read each text once, not once for each row: by the plans that
 * PostgreSQL makes, since a slow answer is no wrong one.
 */
class InstantsReadOnceTest extends StoreTest {
    private static final String READ_FROM_TEXT = ")::timestamp with time zone";
    private static final Instant DAY = Instant.parse("2026-03-10T00:00:00Z");
    private static final Instant END = DAY.plus(Duration.ofDays(30));
    private static final Window WINDOW = new Window(DAY, END);

    private final Database statements = new Database(new Connections(database.dataSource()), QuotaSchema.DEFAULT_NAME);
    private final UsageSums sums = new UsageSums(statements);

    /** Something that runs one statement. */
    private interface Run {
        Object on(Handle handle);
    }

    @Test
    @DisplayName("a subject's statistics read the bounds of their spans once")
    void statistics() {
        List<Instant> bounds = List.of(DAY, DAY.plus(Duration.ofDays(1)), END);
        assertReadsOnce(3, handle -> sums.sums(handle, "u", null, bounds));
    }

    @Test
    @DisplayName("who used most is told with the ends of the span read once")
    void top() {
        assertReadsOnce(2, handle -> sums.top(handle, "f", DAY, END, 10));
    }

    @Test
    @DisplayName("a counter's pace and a pool's shares read their window once")
    void window() {
        assertReadsOnce(2, handle -> sums.pace(handle, "u", "f", WINDOW));
        assertReadsOnce(2, handle -> sums.shares(handle, "u", "f", WINDOW, 10));
    }

    @Test
    @DisplayName("a page of the ledger reads the bounds of its span once, however many rows it passes over")
    void records() {
        RecordTable records = new RecordTable(statements);
        assertReadsOnce(2, handle -> records.page(handle, UsageQuery.of("u").between(DAY, END)));
    }

    @Test
    @DisplayName("R44: a page of the audit reads the bounds of its span once, however many rows it passes over")
    void history() {
        ChangeLog audit = new ChangeLog(statements);
        CatalogQuery query = CatalogQuery.about(CatalogEntry.Entity.PLAN).between(DAY, END);
        assertReadsOnce(2, handle -> audit.history(handle, query));
    }

    @Test
    @DisplayName("R42: a repair reads the window of its rows once for each of its two looks at them")
    void repair() {
        Map<String, Object> counter =
                Map.of("subject", "u", "feature", "f", "id", 1L, "start", DAY.toString(), "end", "infinity");
        assertReadsOnce(
                4,
                handle -> handle.createQuery(statements.file("repair.sql"))
                        .bindMap(counter)
                        .mapTo(Long.class)
                        .list());
    }

    /** Texts are read by plans of their own, which run once, and by nothing else. */
    private void assertReadsOnce(int texts, Run run) {
        List<String> plan = planOf(run);
        List<String> readers = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            if (plan.get(i).contains(READ_FROM_TEXT)) {
                readers.add(plan.get(Math.max(0, i - 2)));
            }
        }
        assertThat(readers)
                .as("%s", String.join("\n", plan))
                .hasSize(texts)
                .allSatisfy(reader -> assertThat(reader).startsWith("InitPlan"));
    }

    /** Returns the lines of the plan of the one statement that {@code run} runs: it is explained in front of its own run. */
    private List<String> planOf(Run run) {
        List<String> plan = new ArrayList<>();
        try (Handle handle = Jdbi.open(database.dataSource())) {
            handle.getConfig(SqlStatements.class)
                    .setTemplateEngine((sql, context) -> "EXPLAIN (VERBOSE, COSTS OFF) " + sql + ";\n" + sql)
                    .addCustomizer(new StatementCustomizer() {
                        @Override
                        public void afterExecution(PreparedStatement statement, StatementContext context)
                                throws SQLException {
                            ResultSet lines = statement.getResultSet();
                            while (lines.next()) {
                                plan.add(lines.getString(1).strip());
                            }
                            statement.getMoreResults();
                        }
                    });
            run.on(handle);
        }
        return plan;
    }
}
