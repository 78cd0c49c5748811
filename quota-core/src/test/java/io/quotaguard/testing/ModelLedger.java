package io.quotaguard.testing;

import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Verdict;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Every change of every counter, in the order in which they were made (R42), and what each key stands for (R7, R8). */
final class ModelLedger {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Step.Named, Known> keys = new HashMap<>();

    /**
     * One row.
     *
     * @param row what the ledger shows of it; nothing when its amount is 0, which only keeps a key
     * @param line the line that it was written for
     * @param sources the grants that it used, the first used first
     * @param verdict the answer that was given
     * @param onBehalf for a use itself, the rows that were charged with it
     */
    record Entry(UsageRecord row, ModelLine line, List<Long> sources, Verdict verdict, List<Entry> onBehalf) {
        /** Returns the answer as a repeated key gets it. */
        List<Verdict> verdicts() {
            List<Verdict> verdicts = new ArrayList<>(List.of(verdict));
            onBehalf.forEach(entry -> verdicts.add(entry.verdict()));
            return verdicts;
        }

        boolean isCharged() {
            return row.amount() > 0;
        }
    }

    /**
     * What a key stands for.
     *
     * @param request what was asked for
     * @param verdicts what was answered
     */
    record Known(String request, List<Verdict> verdicts) {}

    long nextId() {
        return entries.size() + 1L;
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    @Nullable
    Known known(Step.Named key) {
        return keys.get(key);
    }

    void remember(Step.Named key, Known known) {
        keys.put(key, known);
    }

    /** Returns the use that was charged under a key, or null. */
    @Nullable
    Entry use(Step.Named use) {
        return entries.stream()
                .filter(entry -> entry.isCharged() && entry.row().origin() == null)
                .filter(entry -> entry.row().subject().equals(use.subject())
                        && entry.row().feature().equals(use.feature())
                        && entry.row().key().equals(use.key()))
                .findFirst()
                .orElse(null);
    }

    /** Returns a row and all that takes something of it back. */
    List<UsageRecord> withCorrections(Entry original) {
        return rows(row -> row.id() == original.row().id()
                || (row.corrects() != null && row.corrects() == original.row().id()));
    }

    private List<UsageRecord> rows(Predicate<UsageRecord> wanted) {
        return entries.stream().map(Entry::row).filter(wanted).toList();
    }

    /** Returns the rows that changed something of what {@code wanted} tells. */
    private List<UsageRecord> shown(Predicate<UsageRecord> wanted) {
        return rows(wanted.and(row -> row.amount() != 0));
    }

    /** Returns the subject's rows, newest first. */
    List<UsageRecord> records(String subject) {
        List<UsageRecord> records = new ArrayList<>(shown(row -> row.subject().equals(subject)));
        records.sort(Comparator.comparing(UsageRecord::id).reversed());
        return records;
    }

    List<UsageRecord> ofCounter(List<Object> counter) {
        return shown(row -> List.of(row.subject(), row.feature(), row.window()).equals(counter));
    }

    List<PoolShare> shares(List<Object> counter) {
        Map<String, Long> units = new TreeMap<>();
        ofCounter(counter).stream()
                .filter(row -> row.operation() != Operation.RESET)
                .forEach(row -> units.merge(
                        row.origin() == null ? row.subject() : row.origin().subject(), row.amount(), Long::sum));
        List<PoolShare> shares = new ArrayList<>();
        units.forEach((member, sum) -> shares.add(new PoolShare(member, sum)));
        shares.removeIf(share -> share.units() == 0);
        shares.sort(Comparator.comparing(PoolShare::units).reversed());
        return shares;
    }

    List<TopUser> top(String feature, Instant from, Instant to) {
        Map<String, TopUser> users = new TreeMap<>();
        for (UsageRecord row : shown(row -> row.feature().equals(feature) && row.origin() == null)) {
            if (!row.recordedAt().isBefore(from) && row.recordedAt().isBefore(to)) {
                TopUser one = new TopUser(row.subject(), row.amount(), uses(row));
                users.merge(
                        row.subject(),
                        one,
                        (before, next) ->
                                new TopUser(one.subject(), before.units() + one.units(), before.uses() + one.uses()));
            }
        }
        List<TopUser> top = new ArrayList<>(users.values());
        top.removeIf(user -> user.units() == 0 && user.uses() == 0);
        top.sort(Comparator.comparing(TopUser::units).reversed());
        return top;
    }

    List<PeriodUsage> daily(String subject, ZoneId zone) {
        Map<String, Map<LocalDate, PeriodUsage>> days = new TreeMap<>();
        for (UsageRecord row : shown(row -> row.subject().equals(subject))) {
            LocalDate day = LocalDate.ofInstant(row.recordedAt(), zone);
            PeriodUsage one = new PeriodUsage(row.feature(), day, row.amount(), uses(row), row.overage());
            days.computeIfAbsent(row.feature(), feature -> new TreeMap<>())
                    .merge(
                            day,
                            one,
                            (before, next) -> new PeriodUsage(
                                    one.feature(),
                                    day,
                                    before.units() + one.units(),
                                    before.uses() + one.uses(),
                                    before.overage() + one.overage()));
        }
        List<PeriodUsage> daily = new ArrayList<>();
        new TreeSet<>(days.keySet())
                .forEach(feature ->
                        daily.addAll(days.getOrDefault(feature, Map.of()).values()));
        return daily;
    }

    private static long uses(UsageRecord row) {
        return row.operation() == Operation.RECORD || row.operation() == Operation.COMMIT ? 1 : 0;
    }
}
