package io.quotaguard.jdbc;

import io.quotaguard.model.Drift;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Verification;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Compares all counters with the sums of their ledger rows, page by page (R42). Thread-safe; nothing is locked.
 *
 * <p>Each page is a transaction that reads some ledger rows, and the counters of the subjects that are through, as of one
 * snapshot. A subject may go on over several pages, and what it sums up to is right all the same: rows of one counter are
 * written under its lock, so a snapshot that has a row has all of that counter before it. A counter that differs is only a
 * suspect yet: it is looked at once more by itself.
 */
final class CounterCheck {
    static final int ROWS_PER_PAGE = 10_000;

    private static final String QUERY_CANCELED = "57014";
    /** No name holds a control character (R46), so what begins with a name and goes on with this comes right after it. */
    private static final char AFTER_NAME = '\u0001';

    private final Database database;
    private final int rowsPerPage;
    private final String begin;
    private final String bound;
    private final String ledgerPage;
    private final String counterPage;
    private final String compare;

    private record Key(String subject, String feature, Window window) {}

    /** How far a run is. */
    private static final class Progress {
        /** The ledger's last row read. */
        String subject;

        long row = Long.MAX_VALUE;
        /** The subject that goes on in the next page; null when the ledger is at its end. */
        @Nullable
        String open;
        /** Sums of what no counter was compared with yet. */
        final Map<Key, Long> sums = new HashMap<>();
        /** Where the counters not yet compared begin. */
        Key counter;
        /** Whether more counters are to be compared before the next page of the ledger. */
        boolean behind;

        long counters;

        @Nullable
        String lastSubject;

        Progress(@Nullable String after) {
            subject = after == null ? "" : after;
            lastSubject = after;
            counter = beginning(after == null ? "" : after + AFTER_NAME);
        }

        boolean isThrough() {
            return open == null && !behind;
        }

        static Key beginning(String subject) {
            return new Key(subject, "", new Window(Instant.MIN, null));
        }
    }

    CounterCheck(Database database, int rowsPerPage) {
        this.database = database;
        this.rowsPerPage = rowsPerPage;
        // Of this transaction alone: a setting of the session would stay behind in a pooler.
        this.begin = "SET LOCAL TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        this.bound = "SELECT set_config('statement_timeout', :millis, true)";
        this.ledgerPage = database.sql("SELECT * FROM ${quota_schema}.quota_ledger_page(:subject, :row, :rows)");
        this.counterPage = database.sql("""
                SELECT * FROM ${quota_schema}.quota_counter_page(
                    :subject, :feature, :start::timestamptz, :end::timestamptz, :until, :rows)
                """);
        this.compare = database.sql("""
                SELECT * FROM ${quota_schema}.quota_compare(:subject, :feature, :start::timestamptz, :end::timestamptz)
                """);
    }

    /**
     * Goes through the counters.
     *
     * @param after only subjects after this one, or null for all
     * @param isDrift looks at a suspect once more, with no connection of this in hand, and tells whether it drifts
     */
    Verification run(@Nullable String after, Predicate<Drift> isDrift, Deadline deadline) {
        Progress progress = new Progress(after);
        long drifts = 0;
        try {
            while (!deadline.hasPassed()) {
                for (Drift suspect : page(progress, deadline)) {
                    drifts += isDrift.test(suspect) ? 1 : 0;
                }
                if (progress.isThrough()) {
                    return new Verification(progress.counters, drifts, true, progress.lastSubject);
                }
            }
        } catch (QuotaUnavailableException e) {
            if (!deadline.hasPassed() && !isCanceled(e)) {
                throw e;
            }
        }
        return new Verification(progress.counters, drifts, false, progress.lastSubject);
    }

    private static boolean isCanceled(QuotaUnavailableException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException fault && QUERY_CANCELED.equals(fault.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** Compares one counter with its rows, both as of one snapshot. */
    Optional<Drift> compare(Drift suspect, Deadline deadline) {
        return database.read(
                "compare a counter with its ledger",
                deadline,
                handle -> handle.createQuery(compare)
                        .bind("subject", suspect.subject())
                        .bind("feature", suspect.feature())
                        .bind("start", Times.text(suspect.window().start()))
                        .bind("end", Times.endText(suspect.window().end()))
                        .map((row, context) -> new Drift(
                                suspect.subject(),
                                suspect.feature(),
                                suspect.window(),
                                row.getLong("o_counted"),
                                row.getLong("o_ledger")))
                        .filter(now -> now.counted() != now.ledger())
                        .findFirst());
    }

    /** Returns the suspects of one page. */
    private List<Drift> page(Progress progress, Deadline deadline) {
        return database.read(
                "verify the counters",
                deadline,
                handle -> handle.inTransaction(inside -> {
                    inside.execute(begin);
                    // Shorter than the deadline, so that a page that would last beyond it ends on a sound connection.
                    inside.createQuery(bound)
                            .bind("millis", Long.toString(deadline.remainingMillis() * 3L / 4 + 1))
                            .mapTo(String.class)
                            .one();
                    if (!progress.behind) {
                        readLedger(inside, progress);
                    }
                    List<Drift> suspects = new ArrayList<>();
                    compareCounters(inside, progress, suspects);
                    if (!progress.behind) {
                        takeOrphans(progress, suspects);
                    }
                    return suspects;
                }));
    }

    private void readLedger(Handle handle, Progress progress) {
        long rows = 0;
        for (Sum sum : sums(handle, progress)) {
            progress.sums.merge(sum.key(), sum.units(), Long::sum);
            rows += sum.rows();
            boolean same = sum.key().subject().equals(progress.subject);
            progress.row = same ? Math.max(progress.row, sum.lastRow()) : sum.lastRow();
            progress.subject = sum.key().subject();
        }
        progress.open = rows < rowsPerPage ? null : progress.subject;
    }

    /**
     * What rows of a counter in one page come to.
     *
     * @param rows how many there are
     * @param lastRow the number of the last
     */
    private record Sum(Key key, long units, long rows, long lastRow) {}

    private List<Sum> sums(Handle handle, Progress progress) {
        return handle.createQuery(ledgerPage)
                .bind("subject", progress.subject)
                .bind("row", progress.row)
                .bind("rows", rowsPerPage)
                .map((row, context) ->
                        new Sum(key(row), row.getLong("o_units"), row.getLong("o_rows"), row.getLong("o_last")))
                .list();
    }

    private void compareCounters(Handle handle, Progress progress, List<Drift> suspects) {
        List<Drift> counters = handle.createQuery(counterPage)
                .bind("subject", progress.counter.subject())
                .bind("feature", progress.counter.feature())
                .bind("start", startText(progress.counter))
                .bind("end", Times.endText(progress.counter.window().end()))
                .bind("until", progress.open)
                .bind("rows", rowsPerPage)
                .map((row, context) -> {
                    Key key = key(row);
                    Long units = progress.sums.remove(key);
                    return drift(key, row.getLong("o_used"), units == null ? 0 : units);
                })
                .list();
        counters.stream()
                .filter(counter -> counter.counted() != counter.ledger())
                .forEach(suspects::add);
        progress.behind = counters.size() == rowsPerPage;
        progress.counters += counters.size();
        if (!counters.isEmpty()) {
            Drift last = counters.get(counters.size() - 1);
            progress.lastSubject = last.subject();
            progress.counter = new Key(last.subject(), last.feature(), last.window());
        }
        if (!progress.behind && progress.open != null) {
            progress.counter = Progress.beginning(progress.open);
        }
    }

    /** Takes the sums for which there was no counter. */
    private static void takeOrphans(Progress progress, List<Drift> suspects) {
        progress.sums.entrySet().removeIf(sum -> {
            boolean open = sum.getKey().subject().equals(progress.open);
            if (!open && sum.getValue() != 0) {
                suspects.add(drift(sum.getKey(), 0, sum.getValue()));
            }
            return !open;
        });
    }

    private static Drift drift(Key key, long counted, long ledger) {
        return new Drift(key.subject(), key.feature(), key.window(), counted, ledger);
    }

    private static Key key(ResultSet row) throws SQLException {
        return new Key(row.getString("o_subject"), row.getString("o_feature"), Times.window(row, "o_start", "o_end"));
    }

    private static String startText(Key key) {
        Instant start = key.window().start();
        return start.equals(Instant.MIN) ? "-infinity" : Times.text(start);
    }
}
