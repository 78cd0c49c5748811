package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a PostgreSQL server, from its start until it was stopped or killed. */
final class ServerProcess {
    /** Generous, since a start after a crash first repeats the log, on a disk that other tests keep busy. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final int STATUS_LINE = 7;

    private final Process launcher;
    private final ProcessTree tree;
    private final Path pidFile;

    private ServerProcess(Process launcher, ProcessTree tree, Path pidFile) {
        this.launcher = launcher;
        this.tree = tree;
        this.pidFile = pidFile;
    }

    /** Starts the command and returns when the server accepts connections; throws with the server's words if it does not. */
    static ServerProcess start(List<String> command, Path folder, Path data) {
        Path log = folder.resolve("server.log");
        Path pidFile = data.resolve("postmaster.pid");
        try {
            // A run that crashed left "ready" in it, and a process number that may be another program's by now.
            Files.deleteIfExists(pidFile);
            Process launcher = CommandRun.prepare(command, folder)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            ProcessHandle postmaster = awaitReady(launcher, pidFile, log, command);
            return new ServerProcess(launcher, new ProcessTree(postmaster), pidFile);
        } catch (IOException e) {
            throw new TestServerException("Cannot start " + String.join(" ", command), e);
        }
    }

    long pid() {
        return tree.rootPid();
    }

    boolean isRunning() {
        return tree.isRunning();
    }

    void pause() {
        tree.freeze();
    }

    void resume() {
        tree.thaw();
    }

    /** Ends every process at once, as a crash of the machine would, but with the operating system still alive. */
    void kill() {
        tree.kill();
        afterwards();
    }

    /** Asks the server to end and kills it when it does not; the signal says how (INT fast, QUIT at once). */
    void stop(String signal) {
        tree.signalRoot(signal);
        tree.thaw();
        if (!Await.holdsWithin(STOP_PATIENCE, () -> !tree.isRunning())) {
            tree.kill();
        }
        afterwards();
    }

    private void afterwards() {
        // By now it has ended too, unless it is su, which stops itself when its child is stopped and would stay so.
        launcher.destroyForcibly();
        CommandRun.endsWithin(launcher, STOP_PATIENCE);
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            throw new TestServerException("Cannot delete " + pidFile + " of a server that has ended", e);
        }
    }

    private static ProcessHandle awaitReady(Process launcher, Path pidFile, Path log, List<String> command)
            throws IOException {
        String line = String.join(" ", command);
        boolean handedOut = false;
        try {
            long deadlineNanos = System.nanoTime() + START_PATIENCE.toNanos();
            while (!CommandRun.endsWithin(launcher, POLL)) {
                @Nullable ProcessHandle ready = readyProcess(pidFile);
                if (ready != null) {
                    handedOut = true;
                    return ready;
                }
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new TestServerException(
                            line + " was not ready after " + START_PATIENCE.toSeconds() + " s and said: " + words(log));
                }
            }
            throw new TestServerException(line + " ended with " + launcher.exitValue() + " and said: " + words(log));
        } finally {
            if (!handedOut) {
                launcher.descendants().forEach(ProcessHandle::destroyForcibly);
                launcher.destroyForcibly();
            }
        }
    }

    /** The server writes its number on the first line of this file and, once it accepts connections, a status further down. */
    private static @Nullable ProcessHandle readyProcess(Path pidFile) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(pidFile);
        } catch (NoSuchFileException e) {
            return null;
        }
        boolean ready =
                lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
        return ready ? ProcessHandle.of(Long.parseLong(lines.get(0).strip())).orElse(null) : null;
    }

    private static String words(Path log) throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
    }
}
