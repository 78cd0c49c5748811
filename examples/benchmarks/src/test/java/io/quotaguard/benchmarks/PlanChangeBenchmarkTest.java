package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The benchmark of a plan change")
class PlanChangeBenchmarkTest {
    private static final String[] TINY = {
        "--subscribers",
        "200",
        "--threads",
        "2",
        "--rounds",
        "2",
        "--seconds",
        "0.1",
        "--edit-seconds",
        "0.05",
        "--edits",
        "1"
    };

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    @DisplayName("reports on both stores what an edit costs, and what callers notice")
    void reports() throws InterruptedException {
        List<PlanChangeBenchmark.Report> reports =
                PlanChangeBenchmark.run(new PrintStream(out, true, StandardCharsets.UTF_8), TINY);
        assertThat(reports).hasSize(2);
        for (PlanChangeBenchmark.Report report : reports) {
            List<EditCost> edits = new ArrayList<>(report.unused());
            edits.addAll(report.used());
            assertThat(edits).extracting(EditCost::subscribers).containsExactly(1, 20, 200, 1, 20, 200);
            assertThat(edits)
                    .extracting(EditCost::rowsWritten)
                    .containsOnly(edits.get(0).rowsWritten());
            assertThat(report.checks()).hasSize(2).allSatisfy(checks -> {
                assertThat(checks.quiet())
                        .hasSize(2)
                        .allMatch(window ->
                                window.calls() > 0 && window.editMillis().isEmpty());
                assertThat(checks.edited())
                        .hasSize(2)
                        .allMatch(window ->
                                window.calls() > 0 && !window.editMillis().isEmpty());
            });
        }
        assertThat(reports.get(0).unused().get(0).rows())
                .as("rows on PostgreSQL")
                .isPositive();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("PostgreSQL ", "fsync on", "memory, ", "rows written by an edit", "checkAndRecord")
                .contains("any of 200, p99 ms", "per 1000 calls")
                .matches("(?s)\\p{ASCII}*");
    }
}
