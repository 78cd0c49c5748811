package io.quotaguard.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a server, from its start until it was stopped or killed. */
final class ServerProcess {
    /** Generous, since a start after a crash first repeats the log, on a disk that other tests keep busy. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    /** What the server prints, from its latest start on. */
    static final String LOG = "server.log";

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(5);

    /**
     * How a starting server tells that it accepts connections.
     *
     * @param file the file in the server's folder that tells it
     * @param says whether the file's text, so far, tells it
     */
    record ReadySign(String file, Predicate<String> says) {
        private boolean isGivenIn(Path folder) {
            return says.test(text(folder.resolve(file)));
        }
    }

    private final Process launcher;
    private final ProcessTree tree;
    private final Path pidFile;

    private ServerProcess(Process launcher, ProcessTree tree, Path pidFile) {
        this.launcher = launcher;
        this.tree = tree;
        this.pidFile = pidFile;
    }

    /** Starts the command and returns when the server accepts connections; throws with the server's words if it does not. */
    static ServerProcess start(List<String> command, Path folder, Path pidFile, ReadySign ready) {
        Path log = folder.resolve(LOG);
        try {
            // A run that crashed left "ready" in it, and a process number that may be another program's by now.
            Files.deleteIfExists(pidFile);
            Process launcher = CommandRun.prepare(command, folder)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            ProcessHandle server =
                    awaitReady(launcher, () -> ready.isGivenIn(folder) ? processNamedIn(pidFile) : null, log, command);
            return new ServerProcess(launcher, new ProcessTree(server), pidFile);
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

    private static ProcessHandle awaitReady(
            Process launcher, Supplier<@Nullable ProcessHandle> readyServer, Path log, List<String> command)
            throws IOException {
        String line = String.join(" ", command);
        boolean handedOut = false;
        try {
            long deadlineNanos = System.nanoTime() + START_PATIENCE.toNanos();
            while (!CommandRun.endsWithin(launcher, POLL)) {
                @Nullable ProcessHandle ready = readyServer.get();
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

    /** The process whose number stands on the first line; null when that process, or the file, is gone already. */
    private static @Nullable ProcessHandle processNamedIn(Path pidFile) {
        @Nullable String number = text(pidFile).lines().findFirst().orElse(null);
        return number == null
                ? null
                : ProcessHandle.of(Long.parseLong(number.strip())).orElse(null);
    }

    private static String words(Path log) {
        return text(log).strip();
    }

    /** Everything in the file so far, or nothing while it is not there. */
    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
