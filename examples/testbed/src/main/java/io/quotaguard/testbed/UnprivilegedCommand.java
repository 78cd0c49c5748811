package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A way to run a command without root's rights, which a container's build usually has: PostgreSQL refuses to run with them,
 * and a Redis that every local user can reach has no need of them. An ordinary user needs no change of identity, and the
 * command is left as it is.
 */
final class UnprivilegedCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long ROOT = 0;
    private static final long NOBODY = 65534;

    private final Way way;
    private final long callerId;
    private final long runsAsId;

    private UnprivilegedCommand(Way way, long callerId, long runsAsId) {
        this.way = way;
        this.callerId = callerId;
        this.runsAsId = runsAsId;
    }

    /** The first way whose {@code id -u} is not root's. No single one is present and allowed on every machine. */
    static UnprivilegedCommand find() {
        List<String> refusals = new ArrayList<>();
        return waysHere(refusals)
                .findFirst()
                .orElseThrow(() -> new TestServerException(
                        "PostgreSQL refuses to run as root and no other user can be taken on here: "
                                + String.join("; ", refusals)
                                + ". Run as an ordinary user or set QUOTA_TEST_JDBC_URL"));
    }

    /** The same for a server that also runs as root: where no other identity can be taken on, the caller's is kept. */
    static UnprivilegedCommand findOrStay() {
        return waysHere(new ArrayList<>()).findFirst().orElseGet(UnprivilegedCommand::unchanged);
    }

    /** No change of identity, even when it is root's. */
    static UnprivilegedCommand unchanged() {
        long callerId = callerId(new ArrayList<>());
        return new UnprivilegedCommand(Way.DIRECT, callerId, callerId);
    }

    /** Every way that works on this machine, tried only as the stream is read; says of the others why they do not. */
    static Stream<UnprivilegedCommand> waysHere(List<String> refusals) {
        long callerId = callerId(refusals);
        if (callerId != ROOT) {
            return Stream.of(new UnprivilegedCommand(Way.DIRECT, callerId, callerId));
        }
        return Stream.of(Way.SETPRIV, Way.SU, Way.UNSHARE)
                .map(way -> new UnprivilegedCommand(way, callerId, userIdThrough(way, refusals)))
                .filter(command -> command.runsAsId > ROOT);
    }

    /** The same command, run without privileges. */
    List<String> of(List<String> command) {
        return way.wrap(command);
    }

    long callerId() {
        return callerId;
    }

    /** Makes the unprivileged user the owner of an empty folder in which the server will write. */
    void handOver(Path folder) throws IOException {
        if (way.changesOwner) {
            Files.setAttribute(folder, "unix:uid", Math.toIntExact(runsAsId));
        }
    }

    /** Whether the unprivileged user can reach this folder: a temporary folder below root's home is closed to it. */
    boolean canEnter(Path folder) {
        return CommandRun.of(of(List.of("test", "-x", folder.toString())), Path.of("/"), PATIENCE)
                .succeeded();
    }

    @Override
    public String toString() {
        return way + " as user " + runsAsId;
    }

    private static long callerId(List<String> refusals) {
        long callerId = userIdThrough(Way.DIRECT, refusals);
        if (callerId < ROOT) {
            throw new TestServerException("Test servers need a machine that knows 'id -u', and here " + refusals
                    + ". Set " + PostgresServers.ADDRESS + " or " + RedisServers.ADDRESS + " to a server elsewhere");
        }
        return callerId;
    }

    private static long userIdThrough(Way way, List<String> refusals) {
        CommandRun run = CommandRun.of(way.wrap(List.of("id", "-u")), Path.of("/"), PATIENCE);
        if (run.succeeded() && run.output().matches("\\d{1,10}")) {
            return Long.parseLong(run.output());
        }
        refusals.add(run.toString());
        return -1;
    }

    /** The prefixes that take on another identity. */
    private enum Way {
        DIRECT(false),
        SETPRIV(true),
        SU(true),
        /** In a user namespace root only looks like somebody else, so files stay root's and must not be handed over. */
        UNSHARE(false);

        private final boolean changesOwner;

        Way(boolean changesOwner) {
            this.changesOwner = changesOwner;
        }

        private List<String> wrap(List<String> command) {
            return switch (this) {
                case DIRECT -> List.copyOf(command);
                case SETPRIV ->
                    prefixed(command, "setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--");
                case SU -> List.of("su", "-s", "/bin/sh", "nobody", "-c", "exec " + quoted(command));
                case UNSHARE -> prefixed(command, "unshare", "-U", "--");
            };
        }

        private static List<String> prefixed(List<String> command, String... prefix) {
            List<String> all = new ArrayList<>(List.of(prefix));
            all.addAll(command);
            return List.copyOf(all);
        }

        /** Single quotes keep every character as it is, save the quote itself, which is spliced in between two. */
        private static String quoted(List<String> command) {
            StringBuilder line = new StringBuilder();
            for (String word : command) {
                line.append('\'').append(word.replace("'", "'\\''")).append("' ");
            }
            return line.toString();
        }
    }
}
