package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Commands in the permanent window that depend on no catalog entry, so that a test needs no plans. */
final class Commands {
    static final CatalogVersion NO_CATALOG = new CatalogVersion(0, null, 0, CatalogVersion.NOT_USED);

    private Commands() {}

    static Terms terms(long limit) {
        return terms(limit, Window.PERMANENT);
    }

    static Terms terms(long limit, Window window) {
        return new Terms(
                Standing.GRANTED,
                Limit.of(limit),
                Limit.of(limit),
                Thresholds.DEFAULT,
                new LimitSource(LimitSource.Kind.PLAN, "free", 1),
                window,
                null,
                null,
                NO_CATALOG);
    }

    static Line line(String subject, String feature, long amount, long limit) {
        return new Line(subject, feature, amount, terms(limit));
    }

    static Command record(String key, Line... lines) {
        return new Command(Operation.RECORD, key, List.of(lines), Map.of());
    }

    static Command record(Line... lines) {
        return record(UUID.randomUUID().toString(), lines);
    }

    static Command of(Operation operation, String key, Line... lines) {
        return new Command(operation, key, List.of(lines), Map.of());
    }

    static Outcome run(QuotaStore store, Command command) {
        return store.execute(List.of(command), soon()).get(0);
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10));
    }
}
