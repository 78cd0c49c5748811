package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A small shell that waits for this JVM's end, however it comes, then ends the server and deletes its folder. A shutdown
 * hook alone would leave the server running after a {@code kill -9} of the JVM, which crash tests do on purpose.
 */
final class Leash {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * Reading ends when the JVM's side of the pipe is closed. The server's number is read only then, since restarts
     * change it. CONT follows the other signal because a paused server hears nothing else.
     */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r ignored
            if read -r pid < "$2"; then
                kill -"$3" "$pid" && kill -CONT "$pid"
                tries=0
                while kill -0 "$pid" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
                kill -KILL "$pid"
            fi
            umount --lazy "$1/data"
            rm -rf "$1"
            """;

    private final Process shell;

    private Leash(Process shell) {
        this.shell = shell;
    }

    static Leash tie(Path folder, Path pidFile, String endSignal) throws IOException {
        return new Leash(
                new ProcessBuilder("sh", "-c", SCRIPT, "leash", folder.toString(), pidFile.toString(), endSignal)
                        .directory(Path.of("/").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    /** Ends the watch, once the server and its folder are gone. */
    void untie() {
        shell.destroyForcibly();
        CommandRun.endsWithin(shell, PATIENCE);
    }
}
