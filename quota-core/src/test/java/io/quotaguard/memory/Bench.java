package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Counter;
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
import io.quotaguard.spi.Outcome.Accepted;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A store on a clock that stands until it is moved, and short words for asking it. */
final class Bench {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    static final Window DAY = day(START);
    static final CatalogVersion NO_CATALOG = new CatalogVersion(0, null, 0, CatalogVersion.NOT_USED);

    private final AtomicLong keys = new AtomicLong();
    private volatile Instant now = START;
    private final InMemoryQuotaStore store;

    Bench() {
        this(InMemoryQuotaStore.builder());
    }

    Bench(InMemoryQuotaStore.Builder builder) {
        InstantSource clock = () -> now;
        store = builder.clock(clock).build();
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    /** Returns the day in UTC that holds {@code instant}. */
    static Window day(Instant instant) {
        Instant start = instant.truncatedTo(ChronoUnit.DAYS);
        return new Window(start, start.plus(Duration.ofDays(1)));
    }

    InMemoryQuotaStore store() {
        return store;
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    String newKey() {
        return "key-" + keys.incrementAndGet();
    }

    Terms terms(long limit) {
        return terms(limit, day(now), NO_CATALOG);
    }

    static Terms terms(long limit, Window window, CatalogVersion version) {
        return new Terms(
                Standing.GRANTED,
                Limit.of(limit),
                Limit.of(limit),
                Thresholds.DEFAULT,
                LimitSource.NONE,
                window,
                null,
                null,
                version);
    }

    static Terms until(Instant end, Terms terms) {
        return new Terms(
                terms.standing(),
                terms.limit(),
                terms.ceiling(),
                terms.thresholds(),
                terms.source(),
                terms.window(),
                terms.validFrom(),
                end,
                terms.version());
    }

    static Terms standing(Standing standing, Terms terms) {
        return new Terms(
                standing,
                terms.limit(),
                terms.ceiling(),
                terms.thresholds(),
                terms.source(),
                terms.window(),
                terms.validFrom(),
                terms.validUntil(),
                terms.version());
    }

    static Terms thresholds(Terms terms, Integer... percents) {
        return new Terms(
                terms.standing(),
                terms.limit(),
                terms.ceiling(),
                Thresholds.of(percents),
                terms.source(),
                terms.window(),
                terms.validFrom(),
                terms.validUntil(),
                terms.version());
    }

    static Command command(Operation operation, String key, Line... lines) {
        return new Command(operation, key, List.of(lines), Map.of());
    }

    Outcome execute(Command command) {
        return store.execute(List.of(command), soon()).get(0);
    }

    Outcome run(Operation operation, String key, Line... lines) {
        return execute(command(operation, key, lines));
    }

    /** Charges today's counter of (subject, "f") under a new key. */
    Outcome record(String subject, long amount, long limit) {
        return run(Operation.RECORD, newKey(), new Line(subject, "f", amount, terms(limit)));
    }

    Accepted accepted(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Accepted.class);
        return (Accepted) outcome;
    }

    Outcome reset(String subject, String key, long limit) {
        return run(Operation.RESET, key, new Line(subject, "f", 0, terms(limit)));
    }

    /** Returns what today's counter of (subject, "f") shows to a check. */
    long used(String subject) {
        return used(subject, "f", day(now));
    }

    long used(String subject, String feature, Window window) {
        return counter(subject, feature, window).used();
    }

    Counter counter(String subject, String feature, Window window) {
        Terms terms = terms(-1, window, NO_CATALOG);
        Outcome outcome = run(Operation.CHECK, "check", new Line(subject, feature, 1, terms));
        return accepted(outcome).verdicts().get(0).counter();
    }

    /** Returns the percentages that fired with an outcome, in order. */
    static List<Integer> fired(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Accepted.class);
        return ((Accepted) outcome).alerts().stream().map(Alert::threshold).toList();
    }
}
