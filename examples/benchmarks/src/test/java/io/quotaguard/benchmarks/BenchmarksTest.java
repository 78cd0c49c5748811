package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The program")
class BenchmarksTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    @DisplayName("explains itself and each benchmark")
    void explainsItself() throws InterruptedException {
        assertThat(run()).isZero();
        assertThat(run("plan-change", "--help")).isZero();
        assertThat(run("postgres", "--help")).isZero();
        assertThat(run("redis", "--help")).isZero();
        assertThat(run("lease", "--help")).isZero();
        assertThat(run("memory", "--help")).isZero();
        assertThat(run("growth", "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(Benchmarks.HELP
                        + PlanChangeOptions.HELP
                        + PostgresContest.KIND.page()
                        + RedisContest.KIND.page()
                        + LeaseContest.KIND.page()
                        + MemoryOptions.HELP
                        + GrowthOptions.HELP);
    }

    @Test
    @DisplayName("ends with 2 and one clear line when the command line is wrong")
    void saysWhatIsWrong() throws InterruptedException {
        assertThat(run("plan-chnage")).isEqualTo(2);
        assertThat(run("plan-change", "--thread", "2")).isEqualTo(2);
        assertThat(run("plan-change", "--threads")).isEqualTo(2);
        assertThat(run("plan-change", "--threads", "none")).isEqualTo(2);
        assertThat(run("plan-change", "--store", "redis")).isEqualTo(2);
        assertThat(run("postgres", "--callers", "1,two")).isEqualTo(2);
        assertThat(run("postgres", "--shape", "cold")).isEqualTo(2);
        assertThat(run("growth", "--states", "0x0")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "benchmarks: there is no benchmark plan-chnage; --help lists them",
                        "benchmarks: there is no option --thread; --help lists them",
                        "benchmarks: --threads needs a value",
                        "benchmarks: --threads is a number above 0, not none",
                        "benchmarks: --store is memory or postgres, not redis",
                        "benchmarks: --callers is a number above 0, not two",
                        "benchmarks: --shape is of uniform,zipf,hot, not cold",
                        "benchmarks: --states are rows and counters such as 1000000x10000, not 0x0");
    }

    @Test
    @DisplayName("understands every command of its page")
    void understandsItsPage() throws IOException {
        List<String> commands = Pattern.compile("-Dexec.args=\"(.*)\"")
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(command -> command.group(1))
                .toList();
        assertThat(commands).hasSizeGreaterThan(5).allSatisfy(command -> {
            String[] words = command.split(" ", -1);
            String[] options = Arrays.copyOfRange(words, 1, words.length);
            switch (words[0]) {
                case "postgres" ->
                    assertThat(ContestOptions.parse(PostgresContest.KIND, options))
                            .isNotNull();
                case "redis" ->
                    assertThat(ContestOptions.parse(RedisContest.KIND, options)).isNotNull();
                case "lease" ->
                    assertThat(ContestOptions.parse(LeaseContest.KIND, options)).isNotNull();
                case "memory" -> assertThat(MemoryOptions.parse(options)).isNotNull();
                case "growth" -> assertThat(GrowthOptions.parse(options)).isNotNull();
                case "plan-change" ->
                    assertThat(PlanChangeOptions.parse(options)).isNotNull();
                default -> fail("there is no benchmark " + words[0]);
            }
        });
    }

    private int run(String... args) throws InterruptedException {
        return Benchmarks.run(new PrintStream(out, true), new PrintStream(err, true), args);
    }
}
