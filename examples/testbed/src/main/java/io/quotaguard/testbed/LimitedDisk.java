package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk of its own for a server's data, which can be full. It is kept in memory: what is written outlives the server's
 * processes, not the machine. Mounting it takes root's rights. Safe for use by several threads.
 */
final class LimitedDisk {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SIZE = "1024m";
    private static final long PAGE = 4096;

    /** The server goes on writing between the look at what is used and the new size. */
    private static final int TRIES = 20;

    private final Path place;

    private LimitedDisk(Path place) {
        this.place = place;
    }

    /** Mounts an empty disk on a new folder, for the owner of the folder around it. */
    static LimitedDisk in(Path folder, String name) {
        Path place = folder.resolve(name);
        try {
            Object owner = Files.getAttribute(folder, "unix:uid");
            Files.createDirectory(place);
            mount("-t", "tmpfs", "-o", "mode=0700,uid=" + owner + ",size=" + SIZE, "tmpfs", place.toString())
                    .orThrow();
            return new LimitedDisk(place);
        } catch (IOException e) {
            throw new TestServerException("Cannot make a disk on " + place, e);
        }
    }

    /** Whether this user may mount one here. */
    static boolean isPossible() {
        try {
            Path place = Files.createTempDirectory("disk");
            try {
                return mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", place.toString())
                                .succeeded()
                        && unmount(place).succeeded();
            } finally {
                Files.delete(place);
            }
        } catch (IOException e) {
            throw new TestServerException("Cannot try a disk", e);
        }
    }

    /** Leaves no room but for what is there already. */
    synchronized void fill() {
        CommandRun last = resize(used());
        for (int tries = 1; !last.succeeded() && tries < TRIES; tries++) {
            last = resize(used() + tries * PAGE);
        }
        last.orThrow();
    }

    /** Gives the room back. */
    synchronized void free() {
        mount("-o", "remount,size=" + SIZE, place.toString()).orThrow();
    }

    void unmount() {
        unmount(place).orThrow();
    }

    private CommandRun resize(long bytes) {
        return mount("-o", "remount,size=" + bytes, place.toString());
    }

    private long used() {
        try {
            FileStore store = Files.getFileStore(place);
            return store.getTotalSpace() - store.getUnallocatedSpace();
        } catch (IOException e) {
            throw new TestServerException("Cannot tell what is used of " + place, e);
        }
    }

    private static CommandRun mount(String... words) {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(words));
        return CommandRun.of(command, Path.of("/"), PATIENCE);
    }

    /** Also while a process that is ending has a file of it open. */
    private static CommandRun unmount(Path place) {
        return CommandRun.of(List.of("umount", "--lazy", place.toString()), Path.of("/"), PATIENCE);
    }
}
