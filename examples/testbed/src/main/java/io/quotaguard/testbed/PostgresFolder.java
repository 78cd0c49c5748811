package io.quotaguard.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server at rest: its programs, the folder of its data, and the commands that work on them. */
final class PostgresFolder {
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

    /** Where and how PostgreSQL says that it accepts connections: a line of the file that begins with its number. */
    private static final String PID_FILE = "data/postmaster.pid";

    private static final int STATUS_LINE = 7;

    private final ServerFolder folder;
    private final Path binaries;
    private final Path data;
    private @Nullable LimitedDisk disk;

    private PostgresFolder(ServerFolder folder, Path binaries) {
        this.folder = folder;
        this.binaries = binaries;
        this.data = folder.path().resolve("data");
    }

    /** A fresh folder without data, in a place where the unprivileged user can work. */
    static PostgresFolder create(UnprivilegedCommand unprivileged) {
        Path workFolder = WorkFolder.open(unprivileged);
        Path binaries = PostgresBinaries.unpackedIn(workFolder);
        return new PostgresFolder(ServerFolder.create(unprivileged, workFolder, PID_FILE, "QUIT"), binaries);
    }

    /** Puts the data that are to come onto a disk of their own. */
    LimitedDisk limitDisk() {
        LimitedDisk limited = LimitedDisk.in(path(), "data");
        disk = limited;
        return limited;
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
        folder.run(command, INITIALISATION_PATIENCE);
    }

    ServerProcess launch(int port, List<String> extraOptions, @Nullable MovableClock clock) {
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
        return folder.launch(
                clock == null ? command : clock.around(command),
                new ServerProcess.ReadySign(PID_FILE, PostgresFolder::saysReady));
    }

    /**
     * Launches a server whose last run may have ended by itself or by another's hand. Its orphaned connections end a moment
     * later and nobody can wait for them by name, so the server is asked again while it says that it sees them.
     */
    ServerProcess launchAfterCrash(int port, List<String> extraOptions, @Nullable MovableClock clock) {
        long deadlineNanos = System.nanoTime() + CRASH_PATIENCE.toNanos();
        while (true) {
            try {
                return launch(port, extraOptions, clock);
            } catch (TestServerException e) {
                boolean orphansLive = String.valueOf(e.getMessage()).contains("pre-existing shared memory block");
                if (!orphansLive || System.nanoTime() - deadlineNanos > 0) {
                    throw e;
                }
            }
        }
    }

    Path path() {
        return folder.path();
    }

    void delete() {
        if (disk != null) {
            disk.unmount();
            disk = null;
        }
        folder.delete();
    }

    private static boolean saysReady(String pidFile) {
        List<String> lines = pidFile.lines().toList();
        return lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
    }
}
