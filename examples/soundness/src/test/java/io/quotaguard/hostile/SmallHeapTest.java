package io.quotaguard.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A small heap and a flood of new names")
class SmallHeapTest {
    private static Process java(String heap, String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(
                java,
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                NewNames.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String said(Process process) throws IOException, InterruptedException {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return said;
    }

    @Test
    @DisplayName("H5: at the bound new names are refused, none that lives is forgotten, and the heap is enough")
    void bounded() throws IOException, InterruptedException {
        Process process = java("96m", "20000", "1000", "40000");

        assertThat(said(process)).contains("40000 names, 20000 refused");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    @DisplayName("H5: a bound too large for the heap would be found out")
    void unbounded() throws IOException, InterruptedException {
        Process process = java("16m", "1000000", "1000", "100000");

        assertThat(said(process)).contains("OutOfMemoryError");
        assertThat(process.exitValue()).isNotZero();
    }
}
