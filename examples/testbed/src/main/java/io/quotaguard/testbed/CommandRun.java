package io.quotaguard.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command that was run to its end: what was asked, how it ended and everything it printed. */
record CommandRun(List<String> command, int exitCode, String output) {
    private static final int NOT_STARTED = -1;

    CommandRun {
        command = List.copyOf(command);
    }

    /** Runs a command to its end; one that cannot be started counts as failed and says why, it does not throw. */
    static CommandRun of(List<String> command, Path directory, Duration patience) {
        Process process;
        try {
            process = prepare(command, directory).redirectErrorStream(true).start();
        } catch (IOException e) {
            return new CommandRun(command, NOT_STARTED, String.valueOf(e.getMessage()));
        }
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> everythingFrom(process));
        if (!endsWithin(process, patience)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new TestServerException(
                    command + " did not end within " + patience.toMillis() + " ms and said: " + output.join());
        }
        return new CommandRun(command, process.exitValue(), output.join().strip());
    }

    /**
     * A process in the given folder that sees no PostgreSQL variable of the caller's shell (PGDATA, PGPORT, PGOPTIONS
     * would redirect it) and speaks plain English, so that its words can be recognised.
     */
    static ProcessBuilder prepare(List<String> command, Path directory) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /** Waits even when the thread is interrupted, as a test's is on its time-out: what follows is mostly cleaning up. */
    static boolean endsWithin(Process process, Duration patience) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    boolean succeeded() {
        return exitCode == 0;
    }

    CommandRun orThrow() {
        if (!succeeded()) {
            throw new TestServerException(toString());
        }
        return this;
    }

    @Override
    public String toString() {
        String end = exitCode == NOT_STARTED ? "could not be started" : "ended with " + exitCode;
        return String.join(" ", command) + " " + end + " and said: " + output;
    }

    private static String everythingFrom(Process process) {
        try (InputStream stream = process.getInputStream()) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
