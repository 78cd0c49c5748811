package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The program")
class QuickstartTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    @DisplayName("tells a day in memory, with a proof, in plain ASCII, and ends with 0")
    void tellsADay() throws InterruptedException {
        assertThat(run("--store", "memory")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "store    memory:",
                        "Alerts: ",
                        "Ran out: ",
                        "Nightly: ",
                        "Scheduled: ",
                        "Refunds: ",
                        "Pools: ",
                        "Published: ",
                        "Distilled: ",
                        "sha-256 ")
                .contains("ok    the sum of the ledger equals every counter")
                .containsPattern("total +\\d{4} +\\d{4} +\\d{3} +\\d{3} +\\d{4}")
                .doesNotContain("WRONG")
                .matches("\\p{ASCII}*");
    }

    @Test
    @DisplayName("explains itself")
    void explainsItself() throws InterruptedException {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Options.HELP);
    }

    @Test
    @DisplayName("ends with 2 and one clear line when the command line, the log or a request is wrong")
    void saysWhatIsWrong(@TempDir Path folder) throws IOException, InterruptedException {
        assertThat(run("--stroe", "memory")).isEqualTo(2);
        assertThat(run("--store", "memory", "--log", folder.resolve("none").toString()))
                .isEqualTo(2);
        Path log = Files.writeString(folder.resolve("a.log"), "# x\n2026-03-31T08:00:00Z ann upgrade plan=gold\n");
        assertThat(run("--store", "memory", "--log", log.toString())).isEqualTo(2);
        Path broken = Files.writeString(folder.resolve("b.log"), "2026-03-31T08:00:00Z ann\n");
        assertThat(run("--store", "memory", "--log", broken.toString())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("quickstart: there is no option --stroe")
                .contains("quickstart: there is no file ")
                .contains("quickstart: line 2 (upgrade): ", "gold")
                .contains("quickstart: line 1: expected TIME SUBJECT ACTION NAME=VALUE");
    }

    @Test
    @DisplayName("ends with 2 when the database does not answer")
    void saysThatThereIsNoDatabase() throws InterruptedException {
        assertThat(run("--jdbc-url", "jdbc:postgresql://127.0.0.1:1/none")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("quickstart: cannot connect to the database");
    }

    private int run(String... args) throws InterruptedException {
        return Quickstart.run(new PrintStream(out, true), new PrintStream(err, true), args);
    }
}
