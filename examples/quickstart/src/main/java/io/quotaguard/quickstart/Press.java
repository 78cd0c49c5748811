package io.quotaguard.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder in which published articles appear, one folder a channel. Gone when closed. Thread-safe. */
final class Press implements AutoCloseable {
    private final Path folder;

    Press() {
        try {
            folder = Files.createTempDirectory("quickstart-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes one file; writing it again changes nothing. */
    void print(String channel, String id, Article article) {
        try {
            Path shelf = Files.createDirectories(folder.resolve(fileName(channel)));
            Files.writeString(shelf.resolve(fileName(id) + ".txt"), article.title() + "\n\n" + article.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns {@code channel/file: title} of every published file, by name. */
    List<String> titles() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> folder.relativize(file) + ": " + firstLine(file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes from a request must not choose a path. */
    private static String fileName(String text) {
        return text.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String firstLine(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
