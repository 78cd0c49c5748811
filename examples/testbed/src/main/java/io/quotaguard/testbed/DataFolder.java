package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The folder of one server: its data, its log, and the commands that work on them. Deleted when the server is closed. */
final class DataFolder {
    static final String SUPERUSER = "postgres";

    private static final Duration INITIALISATION_PATIENCE = Duration.ofMinutes(2);
    private static final Duration CRASH_PATIENCE = Duration.ofSeconds(20);
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "jit=off");

    private final UnprivilegedCommand unprivileged;
    private final Path binaries;
    private final Path folder;
    private final Path data;
    private final Leash leash;

    private DataFolder(UnprivilegedCommand unprivileged, Path binaries, Path folder) throws IOException {
        this.unprivileged = unprivileged;
        this.binaries = binaries;
        this.folder = folder;
        this.data = folder.resolve("data");
        unprivileged.handOver(folder);
        this.leash = Leash.tie(folder);
    }

    /** A fresh folder without data, in a place where the unprivileged user can work. */
    static DataFolder create(UnprivilegedCommand unprivileged) {
        Path workFolder = WorkFolder.open(unprivileged);
        Path binaries = PostgresBinaries.unpackedIn(workFolder);
        try {
            return new DataFolder(unprivileged, binaries, Files.createTempDirectory(workFolder, "server-"));
        } catch (IOException e) {
            throw new TestServerException("Cannot make a folder for a server in " + workFolder, e);
        }
    }

    /** Files are not forced to disk one by one here: what a crash must not lose is written later, by the server. */
    void initialise() {
        List<String> command = List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + data,
                "--username=" + SUPERUSER,
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "--no-instructions");
        CommandRun.of(unprivileged.of(command), folder, INITIALISATION_PATIENCE).orThrow();
    }

    ServerProcess launch(int port, List<String> extraOptions) {
        List<String> command =
                new ArrayList<>(List.of(binaries.resolve("bin/postgres").toString()));
        command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
        for (String setting : SETTINGS) {
            command.addAll(List.of("-c", setting));
        }
        if (System.getProperty("os.name", "").equals("Linux")) {
            // No less durable, and a restart after a crash is ten times as fast as with a thousand single files.
            command.addAll(List.of("-c", "recovery_init_sync_method=syncfs"));
        }
        command.addAll(extraOptions);
        return ServerProcess.start(unprivileged.of(command), folder, data);
    }

    /**
     * Launches a server whose last run may have ended by itself or by another's hand. Its orphaned connections end a moment
     * later and nobody can wait for them by name, so the server is asked again while it says that it sees them.
     */
    ServerProcess launchAfterCrash(int port, List<String> extraOptions) {
        long deadlineNanos = System.nanoTime() + CRASH_PATIENCE.toNanos();
        while (true) {
            try {
                return launch(port, extraOptions);
            } catch (TestServerException e) {
                boolean orphansLive = String.valueOf(e.getMessage()).contains("pre-existing shared memory block");
                if (!orphansLive || System.nanoTime() - deadlineNanos > 0) {
                    throw e;
                }
            }
        }
    }

    Path path() {
        return folder;
    }

    void delete() {
        try {
            WorkFolder.delete(folder);
        } catch (IOException e) {
            throw new TestServerException("Cannot delete " + folder + " of a server that has ended", e);
        } finally {
            leash.untie();
        }
    }
}
