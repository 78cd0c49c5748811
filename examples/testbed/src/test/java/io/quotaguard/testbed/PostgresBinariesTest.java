package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("PostgreSQL's programs")
class PostgresBinariesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @ParameterizedTest
    @DisplayName("come from the archive of the machine's platform")
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz",
        "Linux, aarch64, postgres-linux-arm_64.txz",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz"
    })
    void comeFromThePlatformsArchive(String system, String machine, String archive) {
        assertThat(PostgresBinaries.archiveName(system, machine)).isEqualTo(archive);
    }

    @Test
    @DisplayName("are unpacked once and whole by several JVMs, each with several threads, at one time")
    @DisabledIfEnvironmentVariable(named = PostgresServers.ADDRESS, matches = ".+")
    void areUnpackedOnce(@TempDir Path folder) throws IOException {
        List<Process> others = List.of(
                ChildJvm.start(Unpacker.class, List.of(folder.toString())),
                ChildJvm.start(Unpacker.class, List.of(folder.toString())));
        List<BufferedReader> outputs = others.stream().map(Process::inputReader).toList();
        for (BufferedReader output : outputs) {
            assertThat(ChildJvm.hear(output)).isEqualTo("ready");
        }
        for (Process other : others) {
            other.getOutputStream().close(); // Both are running by now, so this is the starting shot.
        }
        Path home = Unpacker.unpackInTwoThreads(folder);
        for (int i = 0; i < others.size(); i++) {
            assertThat(ChildJvm.hear(outputs.get(i))).isEqualTo(home.toString());
            assertThat(CommandRun.endsWithin(others.get(i), PATIENCE)).isTrue();
            assertThat(others.get(i).exitValue()).isZero();
        }
        assertThat(home.resolve("bin/postgres")).isExecutable();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("bin"))))
                .isEqualTo("rwxr-xr-x");
        unpacksAgainOnlyWhatIsIncomplete(folder, home);
    }

    /** A step of the test above, because unpacking takes seconds. */
    private static void unpacksAgainOnlyWhatIsIncomplete(Path folder, Path home) throws IOException {
        FileTime old = FileTime.from(Instant.EPOCH);
        Path witness = home.resolve("bin/initdb");
        Files.setLastModifiedTime(witness, old);
        PostgresBinaries.unpackedIn(folder);
        assertThat(Files.getLastModifiedTime(witness)).isEqualTo(old);

        Files.delete(home.resolve("bin/postgres"));
        PostgresBinaries.unpackedIn(folder);
        assertThat(home.resolve("bin/postgres")).isExecutable();
        assertThat(Files.getLastModifiedTime(witness)).isNotEqualTo(old);
    }

    /** Unpacks into the folder it is given, once its input has ended, and tells where to. */
    static final class Unpacker {
        private Unpacker() {}

        public static void main(String[] arguments) throws IOException {
            ChildJvm.tell("ready");
            System.in.read();
            ChildJvm.tell(unpackInTwoThreads(Path.of(arguments[0])));
        }

        static Path unpackInTwoThreads(Path folder) {
            List<CompletableFuture<Path>> homes = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                CompletableFuture<Path> home = new CompletableFuture<>();
                homes.add(home);
                new Thread(() -> home.completeAsync(() -> PostgresBinaries.unpackedIn(folder), Runnable::run)).start();
            }
            Path first = homes.get(0).join();
            assertThat(homes.get(1).join()).isEqualTo(first);
            return first;
        }
    }
}
