package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The end of a JVM")
@DisabledIfEnvironmentVariable(
        named = PostgresServers.ADDRESS,
        matches = ".+",
        disabledReason = "A server is named because this machine may be one that has no binaries")
class JvmEndTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest(name = "{0}, by kill -9: {1}")
    @DisplayName("is the end of its servers and of their folders: before it, or soon after a kill -9")
    @CsvSource({"postgres, false", "postgres, true", "redis, false", "redis, true", "paused redis, true"})
    void endsItsServers(String kind, boolean killed) throws IOException {
        Process jvm = ChildJvm.start(Holder.class, List.of(kind));
        BufferedReader output = jvm.inputReader();
        long pid = Long.parseLong(ChildJvm.hear(output));
        Path folder = Path.of(ChildJvm.hear(output));
        ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
        assertThat(folder).exists();

        if (killed) {
            jvm.destroyForcibly();
            Await.until(PATIENCE, () -> !ProcessTree.isRunning(server), () -> "Server " + pid + " is running");
            Await.until(PATIENCE, () -> Files.notExists(folder), () -> folder + " is there");
        } else {
            jvm.getOutputStream().close();
            assertThat(CommandRun.endsWithin(jvm, PATIENCE)).isTrue();
            assertThat(ProcessTree.isRunning(server)).isFalse();
            assertThat(folder).doesNotExist();
        }
    }

    /** Starts a server, tells its number and folder, and lives until its input ends. It closes nothing. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            if (arguments[0].equals("postgres")) {
                EmbeddedPostgres server = EmbeddedPostgres.start();
                tell(server.pid(), server.folder());
            } else {
                EmbeddedRedis server = EmbeddedRedis.start();
                if (arguments[0].startsWith("paused")) {
                    server.pause();
                }
                tell(server.pid(), server.folder());
            }
            System.in.read();
        }

        private static void tell(long pid, Path folder) {
            ChildJvm.tell(pid);
            ChildJvm.tell(folder);
        }
    }
}
