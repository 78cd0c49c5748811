package io.quotaguard.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Figures of each round, a line for each contender, or nowhere. Not thread-safe. */
final class CsvFile implements AutoCloseable {
    private final @Nullable PrintWriter file;

    private CsvFile(@Nullable PrintWriter file) {
        this.file = file;
    }

    /** Writes to the given file, or nowhere. */
    static CsvFile to(@Nullable Path path, String head) {
        if (path == null) {
            return new CsvFile(null);
        }
        try {
            CsvFile file = new CsvFile(new PrintWriter(Files.newBufferedWriter(path), true));
            file.line(head);
            return file;
        } catch (IOException e) {
            throw new UsageException("--csv " + path + " cannot be written: " + e);
        }
    }

    void line(String line) {
        if (file != null) {
            file.println(line);
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
