package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    /** A line of a subject that has grants of the feature, as of a revision of it. */
    static Line topped(String subject, String feature, long amount, long limit, long ceiling, long revision) {
        CatalogVersion version = new CatalogVersion(revision, null, 0, CatalogVersion.NOT_USED);
        LimitSource source = new LimitSource(LimitSource.Kind.PLAN, "free", 1);
        return new Line(
                subject,
                feature,
                amount,
                new Terms(
                        Standing.GRANTED,
                        Limit.of(limit),
                        Limit.of(ceiling),
                        Thresholds.DEFAULT,
                        source,
                        Window.PERMANENT,
                        null,
                        null,
                        version,
                        true));
    }

    /** What {@code use} charges somebody else. */
    static Line onBehalf(Line use, String subject, String feature, long rate, long limit) {
        Origin origin = new Origin(use.subject(), use.feature(), rate);
        return new Line(subject, feature, use.amount() * rate, terms(limit), origin);
    }

    static Command hold(String key, Duration ttl, Line... lines) {
        Command command = of(Operation.HOLD, key, lines);
        Target target = new Target(command.identity(use(command)), ttl);
        return new Command(Operation.HOLD, key, command.lines(), Map.of("job", key), target);
    }

    /** What settles a hold: the same lines, of so many units of the use. */
    static Command settle(Operation operation, Command hold, long units) {
        return settle(operation, hold, units, null);
    }

    static Command extend(Command hold, Duration ttl) {
        return settle(Operation.EXTEND, hold, 0, ttl);
    }

    private static Command settle(Operation operation, Command hold, long units, @Nullable Duration ttl) {
        UUID id = hold.identity(use(hold));
        return new Command(operation, hold.key(), earlier(hold, units), Map.of(), new Target(id, ttl));
    }

    /** What takes back some of what {@code charged}. */
    static Command correct(Operation operation, String key, long units, Command charged) {
        Target target = new Target(charged.identity(use(charged)), null);
        return new Command(operation, key, earlier(charged, units), Map.of("reason", "mistake"), target);
    }

    private static List<Line> earlier(Command command, long units) {
        return command.lines().stream()
                .map(line -> new Line(
                        line.subject(),
                        line.feature(),
                        units * line.rate(),
                        line.terms().forEarlier(line.terms().window()),
                        line.origin()))
                .toList();
    }

    private static Line use(Command command) {
        return command.lines().stream()
                .filter(line -> line.origin() == null)
                .findFirst()
                .orElseThrow();
    }

    static Outcome.Accepted accept(QuotaStore store, Command command) {
        Outcome outcome = run(store, command);
        if (outcome instanceof Outcome.Accepted accepted) {
            return accepted;
        }
        throw new AssertionError(command.operation() + " was answered by " + outcome);
    }

    static Outcome run(QuotaStore store, Command command) {
        return store.execute(List.of(command), soon()).get(0);
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10));
    }
}
