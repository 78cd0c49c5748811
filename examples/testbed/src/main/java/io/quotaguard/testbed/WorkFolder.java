package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder under which a user's test servers keep everything: unpacked binaries, and the data of each server. It
 * belongs to one user, whose number is in its name, so root's runs and other users' runs never meet.
 */
final class WorkFolder {
    private static final Set<PosixFilePermission> READABLE_BY_ALL = PosixFilePermissions.fromString("rwxr-xr-x");

    private WorkFolder() {}

    /** The folder, made if need be, in the first temporary folder that the unprivileged user can enter too. */
    static Path open(UnprivilegedCommand unprivileged) {
        List<Path> candidates = List.of(Path.of(System.getProperty("java.io.tmpdir", "/tmp")), Path.of("/tmp"));
        for (Path candidate : candidates) {
            if (Files.isDirectory(candidate) && unprivileged.canEnter(candidate)) {
                return openIn(candidate.toAbsolutePath(), unprivileged.callerId());
            }
        }
        throw new TestServerException("A server, run with " + unprivileged + ", can enter none of " + candidates
                + "; set -Djava.io.tmpdir to a folder that every user can enter");
    }

    static Path openIn(Path parent, long callerId) {
        Path folder = parent.resolve("quotaguard-testbed-" + callerId);
        try {
            try {
                // Strict from its first moment, for another run may be looking; then opened where a umask closed it.
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(READABLE_BY_ALL));
                readableByAll(folder);
            } catch (FileAlreadyExistsException e) {
                // An earlier run made it; whether that was ours is what the next line asks.
            }
            refuseForeign(folder, callerId);
            return folder;
        } catch (IOException e) {
            throw new TestServerException("Cannot make the folder " + folder + " for test servers", e);
        }
    }

    /** Its name can be guessed and binaries are run from it, so a folder that another user can write to is refused. */
    private static void refuseForeign(Path folder, long callerId) throws IOException {
        long owner = ((Number) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        boolean othersWrite = permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        if (owner != callerId || othersWrite || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new TestServerException(folder + " belongs to user " + owner + " with "
                    + PosixFilePermissions.toString(permissions) + "; it must be a folder that only user " + callerId
                    + " can write to. Remove it or set -Djava.io.tmpdir");
        }
    }

    static void readableByAll(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, READABLE_BY_ALL);
    }

    /** Deletes a folder and all in it; files that vanish meanwhile are as good as deleted. */
    static void delete(Path folder) throws IOException {
        List<Path> deepestFirst = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.sorted(Comparator.reverseOrder()).forEach(deepestFirst::add);
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
