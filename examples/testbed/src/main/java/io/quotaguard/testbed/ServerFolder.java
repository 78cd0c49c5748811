package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The folder of one server, with its data, its log and the number of its process. It is deleted when the server is closed,
 * or soon after this JVM has ended without closing it.
 */
final class ServerFolder {
    private final UnprivilegedCommand unprivileged;
    private final Path folder;
    private final Path pidFile;
    private final Leash leash;

    private ServerFolder(UnprivilegedCommand unprivileged, Path folder, String pidFile, String endSignal)
            throws IOException {
        this.unprivileged = unprivileged;
        this.folder = folder;
        this.pidFile = folder.resolve(pidFile);
        unprivileged.handOver(folder);
        this.leash = Leash.tie(folder, this.pidFile, endSignal);
    }

    /**
     * A fresh and empty folder.
     *
     * @param pidFile the file below it in whose first line the server writes its process number
     * @param endSignal what makes the server end at once and in good order
     */
    static ServerFolder create(UnprivilegedCommand unprivileged, Path workFolder, String pidFile, String endSignal) {
        try {
            return new ServerFolder(unprivileged, Files.createTempDirectory(workFolder, "server-"), pidFile, endSignal);
        } catch (IOException e) {
            throw new TestServerException("Cannot make a folder for a server in " + workFolder, e);
        }
    }

    Path path() {
        return folder;
    }

    /** Runs a command in it to its end, as the server's user. */
    void run(List<String> command, Duration patience) {
        CommandRun.of(unprivileged.of(command), folder, patience).orThrow();
    }

    /** Starts the server, as its user, and returns when it accepts connections. */
    ServerProcess launch(List<String> command, ServerProcess.ReadySign ready) {
        return ServerProcess.start(unprivileged.of(command), folder, pidFile, ready);
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
