package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Redis' program")
class RedisBinaryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @ParameterizedTest
    @DisplayName("is the one of the machine's platform, and is on the class path")
    @CsvSource({
        "Linux, amd64, redis-server-7.0.15-linux-amd64",
        "Linux, aarch64, redis-server-7.0.15-linux-arm64",
        "Mac OS X, x86_64, redis-server-7.0.15-darwin-amd64",
        "Mac OS X, aarch64, redis-server-7.0.15-darwin-arm64"
    })
    void isThePlatformsOwn(String system, String machine, String name) {
        assertThat(RedisBinary.resourceName(system, machine)).isEqualTo(name);
        assertThat(RedisBinary.class.getClassLoader().getResource(name)).isNotNull();
    }

    @Test
    @DisplayName("is copied whole by several threads at one time, and later left as it is")
    @DisabledIfEnvironmentVariable(named = RedisServers.ADDRESS, matches = ".+")
    void isCopiedOnce(@TempDir Path folder) throws IOException {
        List<CompletableFuture<Path>> copies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Path> copy = new CompletableFuture<>();
            copies.add(copy);
            new Thread(() -> copy.completeAsync(() -> RedisBinary.unpackedIn(folder), Runnable::run)).start();
        }
        Path program = copies.get(0).join();
        assertThat(copies).allMatch(copy -> copy.join().equals(program));
        assertThat(CommandRun.of(List.of(program.toString(), "--version"), folder, PATIENCE)
                        .orThrow()
                        .output())
                .contains("v=7.0.15");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(program);
        }

        FileTime old = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(program, old);
        RedisBinary.unpackedIn(folder);
        assertThat(Files.getLastModifiedTime(program)).isEqualTo(old);
    }
}
