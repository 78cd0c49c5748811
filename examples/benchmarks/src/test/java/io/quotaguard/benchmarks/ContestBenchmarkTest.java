package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A contest")
class ContestBenchmarkTest {
    private static final int ROUNDS = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    @DisplayName("on PostgreSQL reports for every case what each contender did, having shown that it did it")
    void reports(@TempDir Path folder) throws InterruptedException, IOException {
        Path csv = folder.resolve("figures.csv");
        List<ContestResult> results = run(
                PostgresContest.KIND,
                "--callers",
                "3",
                "--shape",
                "zipf",
                "--subjects",
                "10",
                "--connections",
                "2",
                "--warm-ups",
                "1",
                "--rounds",
                Integer.toString(ROUNDS),
                "--seconds",
                "0.003",
                "--csv",
                csv.toString());
        assertThat(results).hasSize(3).allSatisfy(result -> {
            assertThat(result.samples()).containsOnlyKeys(PostgresContest.values());
            assertThat(result.samples().values())
                    .allSatisfy(rounds -> assertThat(rounds).hasSize(ROUNDS));
            result.samples().values().forEach(rounds -> rounds.forEach(sample -> requireCalls(result, sample)));
        });
        assertThat(Files.readAllLines(csv)).hasSize(1 + results.size() * PostgresContest.values().length * ROUNDS);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("PostgreSQL ", "fsync on", "2 connections", " cores, Java ")
                .contains("3 callers, zipf, mixed", "times the first", "p99 ms", "server us/call", "bucket4j-batching")
                .contains("Everyone's tables hold every call that was allowed")
                .matches("(?s)\\p{ASCII}*");
    }

    @Test
    @DisplayName("on Redis reports what Redis keeps too, and writes a page that needs nothing else")
    void reportsOnRedis(@TempDir Path folder) throws InterruptedException, IOException {
        Path html = folder.resolve("report.html");
        List<ContestResult> results = run(
                RedisContest.KIND,
                "--callers",
                "1,2",
                "--shape",
                "hot",
                "--subjects",
                "10",
                "--connections",
                "2",
                "--warm-ups",
                "1",
                "--rounds",
                "1",
                "--seconds",
                "0.003",
                "--html",
                html.toString());
        assertThat(results).hasSize(6).allSatisfy(result -> {
            assertThat(result.samples()).containsOnlyKeys(RedisContest.values());
            result.samples().values().forEach(rounds -> rounds.forEach(sample -> requireCalls(result, sample)));
        });
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("Redis ", "appendfsync everysec", "PostgreSQL ", "bytes in Redis")
                .contains("2 callers, hot, refused", "kept/s", "behind ms", "bucket4j-ledger")
                .contains("Everyone's tables hold every call that was allowed");
        assertThat(Files.readString(html))
                .contains("2 callers, hot, refused", "\"name\":\"bucket4j-ledger\"", "echarts.init")
                .doesNotContain("@body@", "@echarts@", "<script src", "<link");
    }

    @Test
    @DisplayName("of leases finds every use in the ledger, whatever was still on its way")
    void reportsLeases() throws InterruptedException {
        List<ContestResult> results = run(
                LeaseContest.KIND,
                "--callers",
                "2",
                "--shape",
                "hot",
                "--outcome",
                "accepted,mixed",
                "--contenders",
                "quotaguard,quotaguard-100",
                "--subjects",
                "5",
                "--connections",
                "2",
                "--warm-ups",
                "1",
                "--rounds",
                "1",
                "--seconds",
                "0.01");
        assertThat(results).hasSize(2);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("quotaguard-100", "Everyone's tables hold every call that was allowed");
    }

    private static void requireCalls(ContestResult result, Sample sample) {
        assertThat(sample.calls()).isGreaterThanOrEqualTo(result.callers());
        switch (result.traffic().outcome()) {
            case ACCEPTED -> assertThat(sample.refused()).isZero();
            case REFUSED -> assertThat(sample.accepted()).isZero();
            case MIXED -> {
                // Of a few calls all may be of one kind; each had the answer that it had to have.
            }
        }
    }

    private List<ContestResult> run(ContestKind kind, String... args) throws InterruptedException {
        return ContestBenchmark.run(kind, new PrintStream(out, true, StandardCharsets.UTF_8), args);
    }
}
