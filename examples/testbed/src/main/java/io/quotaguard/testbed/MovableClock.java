package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The clock of one server's processes, which a test moves while they run: libfaketime, a package of the system, stands between
 * them and the machine's clock. Time-outs are counted by the machine's. Linux only. Safe for use by several threads.
 */
final class MovableClock {
    private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

    private final Path library;
    private final Path offset;

    /** Makes one whose position is told by a file in the folder, which the server's user can read. */
    MovableClock(Path folder) {
        library = library()
                .orElseThrow(
                        () -> new TestServerException("libfaketime is not installed; it is in the package faketime"));
        offset = folder.resolve("clock");
        move(Duration.ZERO);
    }

    /** Where the library is, if it is installed: where systems keep what belongs to one processor, or to any. */
    static Optional<Path> library() {
        return Stream.of(
                        "/usr/lib/" + System.getProperty("os.arch", "").replace("amd64", "x86_64") + "-linux-gnu",
                        "/usr/lib")
                .map(directory -> Path.of(directory, LIBRARY))
                .filter(Files::isReadable)
                .findFirst();
    }

    /** Returns the command that runs the given one by this clock. */
    List<String> around(List<String> command) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "LD_PRELOAD=" + library,
                "FAKETIME_TIMESTAMP_FILE=" + offset,
                "FAKETIME_NO_CACHE=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "DONT_FAKE_MONOTONIC=1",
                "NO_FAKE_STAT=1"));
        words.addAll(command);
        return words;
    }

    /** Sets how far it is ahead of the machine's clock. */
    void move(Duration ahead) {
        try {
            Path next = offset.resolveSibling("clock.next");
            Files.writeString(next, "%+d.%09d".formatted(ahead.getSeconds(), ahead.getNano()));
            Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new TestServerException("Cannot move the clock in " + offset, e);
        }
    }
}
