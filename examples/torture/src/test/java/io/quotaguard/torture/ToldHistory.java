package io.quotaguard.torture;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import io.quotaguard.torture.check.Allowances;
import io.quotaguard.torture.check.Books;
import io.quotaguard.torture.check.Checker;
import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.history.Answer;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.History;
import io.quotaguard.torture.history.Item;
import io.quotaguard.torture.history.TimeLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A history of a few calls, written by hand: anna may use 30 units of one feature, for ever or in windows. */
final class ToldHistory {
    static final long LIMIT = 30;
    static final Window EVER = new Window(Instant.EPOCH, null);
    private static final String ANNA = "anna";

    /** Its limit stands as EVER's does. */
    static final String PLAIN = "plain";

    private final List<Call> calls = new ArrayList<>();
    private final List<UsageRecord> rows = new ArrayList<>();
    private final List<Allowances.Loss> losses = new ArrayList<>();

    /** A call from one millisecond to another. */
    ToldHistory call(
            CallKind kind, String key, @Nullable String target, long amount, long from, long to, Ending ending) {
        return call(kind, key, target, amount, from, to, ending, false, 0, 0);
    }

    ToldHistory call(
            CallKind kind,
            String key,
            @Nullable String target,
            long amount,
            long from,
            long to,
            Ending ending,
            boolean replayed,
            long used,
            long until) {
        Answer answer =
                new Answer(ANNA, PLAIN, amount, null, Limit.of(LIMIT), used, held(kind, amount), EVER, "steady", 1);
        calls.add(new Call(
                "node",
                calls.size() + 1L,
                nanos(from),
                kind,
                key,
                target,
                List.of(new Item(ANNA, PLAIN, amount)),
                new Call.End(
                        nanos(to),
                        ending,
                        key,
                        replayed,
                        TimeUnit.MILLISECONDS.toMicros(until),
                        ending == Ending.OK ? List.of(answer) : List.of())));
        return this;
    }

    private static long held(CallKind kind, long amount) {
        return kind == CallKind.RESERVE ? amount : 0;
    }

    /** A use that was allowed now, with its row in the middle of it. */
    ToldHistory used(String key, long amount, long from, long to) {
        row(Operation.RECORD, key, EVER, amount, (from + to) / 2, null);
        return told(key, amount, from, to);
    }

    /** A use that was allowed now, and has no row. */
    ToldHistory told(String key, long amount, long from, long to) {
        return call(CallKind.USE, key, null, amount, from, to, Ending.OK, false, usedOf(EVER), 0);
    }

    ToldHistory row(Operation operation, String key, Window window, long amount, long at, @Nullable Long corrects) {
        rows.add(new UsageRecord(
                rows.size() + 1L,
                ANNA,
                PLAIN,
                window,
                operation,
                amount,
                usedOf(window) + amount,
                Limit.of(LIMIT),
                0,
                Map.of(),
                key,
                null,
                corrects,
                false,
                Map.of(),
                Instant.ofEpochMilli(at)));
        return this;
    }

    private long usedOf(Window window) {
        return rows.stream()
                .filter(row -> row.window().equals(window))
                .mapToLong(UsageRecord::amount)
                .sum();
    }

    ToldHistory loss(long from, long to) {
        losses.add(new Allowances.Loss(nanos(from), nanos(to)));
        return this;
    }

    Findings check() {
        Books books = new Books(
                rows, Map.of(), List.of(), Map.of("steady", versions()), Map.of(ANNA, "steady"), Map.of(), List.of());
        List<Call> sorted = calls.stream()
                .sorted(Comparator.comparingLong(Call::invokedNanos))
                .toList();
        return Checker.check(
                new History(sorted, List.of(), new TimeLine(0, 0)), books, new Allowances(Set.of(), 0, losses));
    }

    private static List<PlanVersion> versions() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore();
                QuotaGuard guard = QuotaGuard.builder(store).build()) {
            guard.plans()
                    .create(
                            Plan.named("steady")
                                    .feature(PlanFeature.of(PLAIN, Limit.of(LIMIT), ResetPeriod.NEVER)
                                            .withoutAlerts())
                                    .build(),
                            Change.by("test"));
            return store.catalog().versions("steady", Deadline.after(Duration.ofSeconds(20))).stream()
                    .map(version -> new PlanVersion(version.plan(), Instant.EPOCH))
                    .toList();
        }
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
