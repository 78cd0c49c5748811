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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The contest in memory")
class MemoryBenchmarkTest {
    private static final int SUBJECTS = 3;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @ParameterizedTest
    @EnumSource
    @DisplayName("has contenders who allow what fits")
    void allows(MemoryContest contest) {
        try (MemoryContender contender = contest.open(SUBJECTS)) {
            for (int subject = 0; subject < SUBJECTS; subject++) {
                assertThat(contender.use(subject, subject)).isTrue();
            }
        }
    }

    @Test
    @DisplayName("has QuotaGuard record each use, whichever way it is asked")
    void records() {
        GuardInMemory guard = GuardInMemory.open(SUBJECTS);
        assertThat(guard.byNames().use(0, 1)).isTrue();
        assertThat(guard.withKeys().use(1, 2)).isTrue();
        assertThat(guard.byMeters().use(1, 3)).isTrue();
        assertThat(guard.used()).isEqualTo(3);
        // The same key again is the same use.
        assertThat(guard.withKeys().use(1, 2)).isTrue();
        assertThat(guard.used()).isEqualTo(3);
    }

    @Test
    @DisplayName("reports time and allocation of a call")
    void reports(@TempDir Path folder) throws InterruptedException, IOException {
        Path csv = folder.resolve("figures.csv");
        Path html = folder.resolve("report.html");
        // Another run of JMH on the machine does not matter to who measures nothing.
        System.setProperty("jmh.ignoreLock", "true");
        List<MemoryResult> results = MemoryBenchmark.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                "--threads",
                "1,2,8",
                "--shape",
                "zipf",
                "--contenders",
                "bucket4j,quotaguard-meter",
                "--subjects",
                "10",
                "--rounds",
                "1",
                "--seconds",
                "0.01",
                "--forks",
                "0",
                "--csv",
                csv.toString(),
                "--html",
                html.toString());
        assertThat(results).extracting(MemoryResult::threads).containsExactly(1, 2, 8);
        assertThat(results).allSatisfy(result -> {
            assertThat(result.rounds()).containsOnlyKeys(MemoryContest.BUCKET4J, MemoryContest.QUOTAGUARD_METER);
            assertThat(result.rounds().get(MemoryContest.QUOTAGUARD_METER))
                    .singleElement()
                    .satisfies(round -> {
                        assertThat(round.nanos()).isPositive();
                        assertThat(round.bytes()).isPositive();
                    });
        });
        assertThat(Files.readAllLines(csv)).hasSize(7);
        assertThat(Files.readString(html)).contains("2 threads, zipf", "bytes allocated by a call");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(" cores, Java ", "1 thread, zipf", "ns/call", "B/call", "quotaguard-meter")
                .matches("(?s)\\p{ASCII}*");
    }
}
