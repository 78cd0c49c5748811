package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Drift;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Origin;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Recomputes the day from the ledger, as an auditor would who trusts neither the counters nor the answers. */
final class LedgerProof {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final QuotaGuard quota;
    private final RequestLog log;
    private final List<Answer> answers;
    private final List<UsageRecord> ledger;

    LedgerProof(QuotaGuard quota, RequestLog log, List<Answer> answers) {
        this.quota = quota;
        this.log = log;
        this.answers = answers;
        this.ledger = readLedger(quota, log);
    }

    List<Proof> all() {
        return List.of(
                countersEqualLedger(),
                noLimitWasPassed(),
                retriesCountOnce(),
                failuresCostNothing(),
                sharesAddUp(),
                answersEqualLedger());
    }

    private Proof countersEqualLedger() {
        List<Drift> drift = quota.usage().verify(PATIENCE);
        String found = drift.isEmpty() ? "no drift" : drift.size() + " counters differ, such as " + drift.get(0);
        return new Proof(drift.isEmpty(), "the sum of the ledger equals every counter", found);
    }

    private record CounterId(String subject, String feature, Window window) {}

    /** Adds the rows up again, in their order, and holds each sum against the limit that was in force at that row. */
    private Proof noLimitWasPassed() {
        Map<CounterId, Long> sums = new HashMap<>();
        List<UsageRecord> wrong = new ArrayList<>();
        long full = 0;
        for (UsageRecord row : ledger) {
            CounterId counter = new CounterId(row.subject(), row.feature(), row.window());
            long used = sums.merge(counter, row.amount(), Long::sum);
            boolean inWindow =
                    row.operation() != Operation.RECORD || row.window().contains(row.recordedAt());
            if (used != row.usedAfter() || !row.limit().admits(used, 0) || !inWindow) {
                wrong.add(row);
            }
            if (used == row.limit().units()) {
                full++;
            }
        }
        String found = wrong.isEmpty()
                ? ledger.size() + " rows in " + sums.size() + " windows, " + full + " of them filled to the last unit"
                : wrong.size() + " rows, such as " + wrong.get(0);
        return new Proof(wrong.isEmpty(), "no limit was passed in any window", found);
    }

    /** Whose counter one key was charged to; a pool is charged for many members, each with keys of its own. */
    private record KeyId(
            String subject, String feature, @Nullable Origin origin, String key) {}

    private Proof retriesCountOnce() {
        Map<KeyId, Integer> rowsOfKey = new HashMap<>();
        ledger.forEach(row ->
                rowsOfKey.merge(new KeyId(row.subject(), row.feature(), row.origin(), row.key()), 1, Integer::sum));
        List<Answer> retries = answers.stream()
                .filter(answer -> answer.kind() == Answer.Kind.REPLAYED)
                .toList();
        long lost = retries.stream()
                .flatMap(answer -> answer.decision().stream())
                .flatMap(decision -> decision.verdicts().stream()
                        .map(verdict ->
                                new KeyId(verdict.subject(), verdict.feature(), verdict.origin(), decision.key())))
                .filter(key -> !rowsOfKey.containsKey(key))
                .count();
        long twice = rowsOfKey.values().stream().filter(rows -> rows != 1).count();
        return new Proof(
                twice == 0 && lost == 0,
                "every retry is counted once",
                retries.size() + " retries answered again, " + twice + " keys with a second row, " + lost
                        + " without one");
    }

    /** Looks for rows of requests that failed, and for what is held in the windows that are open in the end. */
    private Proof failuresCostNothing() {
        record Request(String subject, String key) {}
        Set<Request> failed = answers.stream()
                .filter(answer -> answer.kind() == Answer.Kind.FAILED)
                .map(answer ->
                        new Request(answer.line().subject(), answer.line().field("key")))
                .collect(Collectors.toSet());
        long charged = ledger.stream()
                .filter(row -> failed.contains(new Request(row.subject(), row.key())))
                .count();
        long held = log.subjects().stream()
                .flatMap(subject -> quota.overview(subject).features().stream())
                .mapToLong(feature -> feature.counter().held())
                .sum();
        return new Proof(
                charged == 0 && held == 0,
                "what failed costs nothing",
                failed.size() + " generations failed, " + charged + " of them charged, " + held + " units still held");
    }

    /** What the members of a team used must be what the team's counter says. */
    private Proof sharesAddUp() {
        List<String> wrong = new ArrayList<>();
        int counters = 0;
        for (String team : log.teams()) {
            PoolOverview pool = quota.poolOverview(team);
            for (FeatureUsage usage : pool.overview().features()) {
                long shares = pool.shares(usage.feature()).stream()
                        .mapToLong(PoolShare::units)
                        .sum();
                counters++;
                if (shares != usage.counter().used()) {
                    wrong.add(team + " / " + usage.feature());
                }
            }
        }
        return new Proof(
                wrong.isEmpty(),
                "the shares of a team's members add up to what the team used",
                wrong.isEmpty() ? counters + " counters of " + log.teams().size() + " teams" : "not of " + wrong);
    }

    /** Holds what callers were told against what was written. */
    private Proof answersEqualLedger() {
        long told = units(Answer::decision);
        long refunded = units(Answer::refund);
        long written = ledger.stream().mapToLong(UsageRecord::amount).sum();
        return new Proof(
                told - refunded == written,
                "what was allowed is what the ledger has",
                told + " units allowed, " + refunded + " refunded, " + written + " written");
    }

    /** Sums over all counters, and over what was not a retry. */
    private long units(Function<Answer, Optional<Decision>> part) {
        return answers.stream()
                .filter(answer -> answer.kind() == Answer.Kind.ALLOWED)
                .flatMap(answer -> part.apply(answer).stream())
                .flatMap(decision -> decision.verdicts().stream())
                .mapToLong(Verdict::amount)
                .sum();
    }

    /** Reads all rows, a page at a time and newest first, and returns them oldest first. */
    private static List<UsageRecord> readLedger(QuotaGuard quota, RequestLog log) {
        List<UsageRecord> rows = new ArrayList<>();
        for (String subject : log.subjects()) {
            UsageQuery query = UsageQuery.of(subject).pageSize(UsageQuery.MAX_PAGE_SIZE);
            List<UsageRecord> page = quota.usage().records(query);
            while (!page.isEmpty()) {
                rows.addAll(page);
                page = quota.usage()
                        .records(query.before(page.get(page.size() - 1).id()));
            }
        }
        Collections.reverse(rows);
        return rows;
    }
}
