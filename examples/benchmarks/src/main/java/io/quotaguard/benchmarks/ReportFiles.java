package io.quotaguard.benchmarks;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a benchmark's figures go besides the terminal, if anywhere.
 *
 * @param csv each round's figures
 * @param html charts and tables
 */
record ReportFiles(@Nullable Path csv, @Nullable Path html) {
    static final ReportFiles NONE = new ReportFiles(null, null);

    /** Takes one of the two options. */
    ReportFiles with(OptionValue option) {
        Path path = Path.of(option.text());
        return option.name().equals("--csv") ? new ReportFiles(path, html) : new ReportFiles(csv, path);
    }
}
