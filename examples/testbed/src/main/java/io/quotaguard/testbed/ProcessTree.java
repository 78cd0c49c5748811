package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server's process and its children, signalled together. A PostgreSQL connection is a child of the postmaster. */
final class ProcessTree {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path PROC = Path.of("/proc");

    private final ProcessHandle root;

    ProcessTree(ProcessHandle root) {
        this.root = root;
    }

    long rootPid() {
        return root.pid();
    }

    boolean isRunning() {
        return isRunning(root);
    }

    void signalRoot(String signal) {
        signal(signal, List.of(root));
    }

    /** Stops every process where it stands. The root goes first, because a stopped root cannot fork another child. */
    void freeze() {
        freezeRoot();
        List<ProcessHandle> children = root.descendants().toList();
        signal("STOP", children);
        awaitStopped(children);
    }

    /** Lets every process go on; the root last, so that it finds its children as it left them. */
    void thaw() {
        List<ProcessHandle> all = new ArrayList<>(root.descendants().toList());
        all.add(root);
        signal("CONT", all);
    }

    /** Kills every process at once, as a crash would, and returns when none is left to hold the data or the port. */
    void kill() {
        if (!isRunning()) {
            return;
        }
        freezeRoot();
        List<ProcessHandle> all = new ArrayList<>(root.descendants().toList());
        all.add(root);
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until(PATIENCE, () -> all.stream().noneMatch(ProcessTree::isRunning), () -> "Killed but not gone " + all);
    }

    private void freezeRoot() {
        signalRoot("STOP");
        awaitStopped(List.of(root));
    }

    private static void awaitStopped(List<ProcessHandle> processes) {
        Await.until(
                PATIENCE,
                () -> processes.stream().allMatch(process -> !isRunning(process) || isStopped(process)),
                () -> "Not stopped by SIGSTOP: " + processes);
    }

    /** The shell's own kill, since neither Java nor every small machine image has another way to send these signals. */
    private static void signal(String signal, List<ProcessHandle> processes) {
        List<ProcessHandle> running =
                processes.stream().filter(ProcessTree::isRunning).toList();
        if (running.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -\"$0\" \"$@\"", signal));
        running.forEach(process -> command.add(Long.toString(process.pid())));
        CommandRun run = CommandRun.of(command, Path.of("/"), PATIENCE);
        // A process may have ended since it was listed, which makes kill fail and is no harm.
        if (!run.succeeded() && running.stream().allMatch(ProcessTree::isRunning)) {
            run.orThrow();
        }
    }

    /** A zombie has ended: where nobody collects orphans, as in a plain container, it stays listed for ever. */
    static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && state(process) != 'Z';
    }

    private static boolean isStopped(ProcessHandle process) {
        char state = state(process);
        return state == 'T' || state == UNKNOWN;
    }

    private static final char UNKNOWN = '?';

    /** The one-letter state that Linux shows after the name in brackets; elsewhere it cannot be told. */
    private static char state(ProcessHandle process) {
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return UNKNOWN;
        }
        try {
            String stat =
                    Files.readString(PROC.resolve(Long.toString(process.pid())).resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return 'Z'; // It was listed a moment ago and has vanished: ended and collected.
        }
    }
}
