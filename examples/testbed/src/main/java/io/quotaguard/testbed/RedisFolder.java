package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Redis server at rest: its program, the folder of its data, and the command that starts it. */
final class RedisFolder {
    private static final String PID_FILE = "redis.pid";
    private static final ServerProcess.ReadySign READY =
            new ServerProcess.ReadySign(ServerProcess.LOG, log -> log.contains("Ready to accept connections"));

    private final ServerFolder folder;
    private final Path program;

    private RedisFolder(ServerFolder folder, Path program) {
        this.folder = folder;
        this.program = program;
    }

    static RedisFolder create(UnprivilegedCommand unprivileged) {
        Path workFolder = WorkFolder.open(unprivileged);
        Path program = RedisBinary.choose(workFolder);
        return new RedisFolder(ServerFolder.create(unprivileged, workFolder, PID_FILE, "TERM"), program);
    }

    ServerProcess launch(int port, RedisDurability durability, List<String> extraOptions) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
        command.addAll(List.of(
                "--dir",
                folder.path().toString(),
                "--pidfile",
                folder.path().resolve(PID_FILE).toString()));
        // No snapshots beside the log: they would fork at moments of their own, and bring data back that a test did not
        // ask for.
        command.addAll(List.of("--save", ""));
        command.addAll(
                switch (durability) {
                    case NONE -> List.of("--appendonly", "no");
                    case EVERY_SECOND -> List.of("--appendonly", "yes", "--appendfsync", "everysec");
                    case ALWAYS -> List.of("--appendonly", "yes", "--appendfsync", "always");
                });
        command.addAll(List.of("--maxmemory-policy", "noeviction"));
        // By default a master waits five seconds for further replicas before it sends its data to the first.
        command.addAll(List.of("--repl-diskless-sync-delay", "0"));
        command.addAll(extraOptions);
        return folder.launch(command, READY);
    }

    /** Throws the data away. A cluster's node keeps its name and its slots, which stand in another file. */
    void empty() {
        try {
            WorkFolder.delete(folder.path().resolve("appendonlydir"));
            Files.deleteIfExists(folder.path().resolve("appendonly.aof")); // Where Redis 6 has it.
            Files.deleteIfExists(folder.path().resolve("dump.rdb"));
        } catch (IOException e) {
            throw new TestServerException("Cannot delete the data in " + folder.path(), e);
        }
    }

    Path path() {
        return folder.path();
    }

    void delete() {
        folder.delete();
    }
}
