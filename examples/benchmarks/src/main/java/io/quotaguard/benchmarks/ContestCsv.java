package io.quotaguard.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Each round's figures, one line for each contender. Not thread-safe. */
final class ContestCsv implements AutoCloseable {
    private static final String HEAD =
            "outcome,shape,callers,contender,round,accepted,refused,calls_per_second,kept_per_second,p50_ms,p99_ms,jvm_us,server_us";

    private final @Nullable PrintWriter file;

    private ContestCsv(@Nullable PrintWriter file) {
        this.file = file;
    }

    /** Writes to the given file, or nowhere. */
    static ContestCsv to(@Nullable Path path) {
        if (path == null) {
            return new ContestCsv(null);
        }
        try {
            PrintWriter file = new PrintWriter(Files.newBufferedWriter(path), true);
            file.println(HEAD);
            return new ContestCsv(file);
        } catch (IOException e) {
            throw new UsageException("--csv " + path + " cannot be written: " + e);
        }
    }

    void add(ContestResult result) {
        if (file != null) {
            result.samples().forEach((entrant, rounds) -> add(file, result, entrant, rounds));
        }
    }

    private static void add(PrintWriter file, ContestResult result, Entrant entrant, List<Sample> rounds) {
        for (int round = 0; round < rounds.size(); round++) {
            Sample sample = rounds.get(round);
            file.printf(
                    Locale.ROOT,
                    "%s,%s,%d,%s,%d,%d,%d,%.1f,%.1f,%.4f,%.4f,%.2f,%.2f%n",
                    OptionValue.word(result.traffic().outcome()),
                    OptionValue.word(result.traffic().shape()),
                    result.callers(),
                    entrant.word(),
                    round + 1,
                    sample.accepted(),
                    sample.refused(),
                    sample.callsPerSecond(),
                    sample.keptPerSecond(),
                    sample.p50Millis(),
                    sample.p99Millis(),
                    sample.jvmMicros(),
                    sample.serverMicros());
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
