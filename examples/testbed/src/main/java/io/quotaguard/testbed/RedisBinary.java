package io.quotaguard.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Redis' one program, copied from the jar on the class path once per user and shared by every later run. It is linked
 * statically and uses the small C library's own allocator, so its figures for memory are not those of a packaged Redis.
 */
final class RedisBinary {
    private static final String VERSION = "7.0.15";

    private RedisBinary() {}

    /** The program that the environment names, or the one of the class path. */
    static Path choose(Path workFolder) {
        String program = System.getenv().getOrDefault(RedisServers.PROGRAM, "").strip();
        return program.isEmpty() ? unpackedIn(workFolder) : Path.of(program);
    }

    /** The program, copied into the folder when it is not there. Its name has the version, so another is another file. */
    static Path unpackedIn(Path workFolder) {
        String name = resourceName(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        Path program = workFolder.resolve(name);
        if (!Files.isExecutable(program)) {
            try {
                unpack(name, program);
            } catch (IOException e) {
                throw new TestServerException("Cannot copy " + name + " into " + workFolder + ": " + e.getMessage(), e);
            }
        }
        return program;
    }

    static String resourceName(String system, String machine) {
        String os = system.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : system.toLowerCase(Locale.ROOT);
        String architecture = switch (machine.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> machine;
        };
        return "redis-server-" + VERSION + "-" + os + "-" + architecture;
    }

    /** Appears under its name whole or not at all, however many threads and JVMs do this at a time. */
    private static void unpack(String name, Path program) throws IOException {
        Path part = Files.createTempFile(program.resolveSibling(""), name, ".part");
        try (@Nullable InputStream resource = RedisBinary.class.getClassLoader().getResourceAsStream(name)) {
            if (resource == null) {
                throw new TestServerException(name + " is not on the class path: org.signal:embedded-redis has none for"
                        + " this platform. Set " + RedisServers.ADDRESS + " to a server of your own");
            }
            Files.copy(resource, part, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(part, program, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
