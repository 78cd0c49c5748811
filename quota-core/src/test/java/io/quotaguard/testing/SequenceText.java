package io.quotaguard.testing;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Forecast;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a player got, in words that a second one can be compared by: everything that a caller can see, but for the numbers
 * that each store gives its rows.
 */
final class SequenceText {
    private static final String NEXT_LINE = "\n      ";

    private SequenceText() {}

    /** Everything that a subject has. */
    record Possessions(
            QuotaOverview overview, List<GrantBalance> grants, List<Alert> alerts, List<UsageRecord> ledger) {}

    /** What the ledger adds up to. */
    record Numbers(List<PeriodUsage> daily, List<TopUser> top, Optional<Forecast> forecast) {}

    /** Which line of a decision comes first says only how tight it is; so its lines are told by their names. */
    static String decision(Decision decision) {
        String result = decision.reason().map(reason -> "refused " + reason).orElse("allowed");
        // What nothing was taken back from leaves no row behind, so that a replay need not tell of it.
        List<Verdict> told = decision.verdicts().stream()
                .filter(verdict -> verdict.origin() == null || verdict.amount() > 0)
                .toList();
        return (decision.replayed() ? "replayed" : result) + " " + decision.key() + verdicts(told);
    }

    static String verdicts(List<Verdict> verdicts) {
        return NEXT_LINE
                + String.join(
                        NEXT_LINE,
                        verdicts.stream().map(SequenceText::verdict).sorted().toList());
    }

    private static String verdict(Verdict verdict) {
        // That it is too late needs no terms, so nobody verifies those that are told.
        String terms = verdict.refusal() == RefusalReason.EXPIRED
                ? ""
                : " of " + verdict.limit() + (verdict.overage() == 0 ? "" : ", " + verdict.overage() + " above") + ", "
                        + verdict.source();
        return verdict.subject() + "/" + verdict.feature() + " " + verdict.amount()
                + (verdict.origin() == null ? "" : " for " + verdict.origin())
                + (verdict.refusal() == null ? "" : " " + verdict.refusal())
                + (verdict.heldUntil() == null ? "" : " until " + verdict.heldUntil())
                + ", then " + verdict.counter().used() + " and "
                + verdict.counter().held() + " held"
                + terms + " " + verdict.window();
    }

    /**
     * Tells what a subject has.
     *
     * @param grantIds the numbers of all grants, in the order in which they were given
     */
    static String possessions(Possessions found, List<Long> grantIds) {
        List<String> lines = new ArrayList<>();
        lines.add("has");
        found.overview().features().forEach(usage -> lines.add(usage(usage, grantIds)));
        found.grants().forEach(grant -> lines.add(grant(grant, grantIds)));
        // Between two counters, no order of alerts and rows is promised.
        found.alerts().stream()
                .sorted(Comparator.comparing(Alert::feature))
                .forEach(alert -> lines.add("alert " + alert.feature() + " " + alert.threshold() + "% " + alert.used()
                        + "/" + alert.limit() + " #" + alert.generation() + " " + alert.window() + " "
                        + alert.firedAt()));
        found.ledger().stream()
                .sorted(Comparator.comparing(UsageRecord::feature))
                .forEach(row -> lines.add(row(row, found.ledger(), grantIds)));
        return String.join(NEXT_LINE, lines);
    }

    private static String usage(FeatureUsage usage, List<Long> grantIds) {
        List<String> grants =
                usage.grants().stream().map(grant -> grant(grant, grantIds)).toList();
        return usage.feature() + ": " + usage.counter().used() + " and "
                + usage.counter().held() + " held of " + usage.limit() + ", left " + usage.remaining() + ", "
                + usage.source() + " " + usage.window() + " " + grants
                + (usage.shared().isEmpty() ? "" : verdicts(usage.shared()).replace(NEXT_LINE, NEXT_LINE + "  "));
    }

    private static String grant(GrantBalance balance, List<Long> grantIds) {
        return "grant " + number(balance.grant().id(), grantIds) + " of "
                + balance.grant().amount() + " " + balance.grant().feature() + ": " + balance.left() + " left, given "
                + balance.grantedAt() + ", from " + balance.grant().effectiveAt() + " until "
                + balance.grant().expiresAt() + ", voided " + balance.voidedAt();
    }

    private static String row(UsageRecord row, List<UsageRecord> rows, List<Long> grantIds) {
        TreeMap<Integer, Long> grants = new TreeMap<>();
        row.grants().forEach((grant, units) -> grants.put(number(grant, grantIds), units));
        return "row " + row.feature() + " " + row.operation() + " " + row.amount() + " -> " + row.usedAfter() + " of "
                + row.limit() + " above " + row.overage() + " grants " + grants + " for " + row.origin() + " key "
                + row.key() + corrected(row, rows) + " " + new TreeMap<>(row.metadata()) + " " + row.window() + " "
                + row.recordedAt();
    }

    private static String corrected(UsageRecord row, List<UsageRecord> rows) {
        Long id = row.corrects();
        return id == null
                ? ""
                : rows.stream()
                        .filter(other -> other.id() == id)
                        .findFirst()
                        .map(other -> " corrects " + other.key() + " for " + other.origin())
                        .orElse(" corrects what is not there");
    }

    /** Returns the place of a grant among all; nobody promises that their numbers have no gaps. */
    private static int number(long id, List<Long> grantIds) {
        return grantIds.indexOf(id) + 1;
    }

    static String pool(PoolOverview pool, List<Long> grantIds) {
        List<String> lines = new ArrayList<>();
        lines.add("has members " + pool.members());
        pool.overview().features().forEach(usage -> lines.add(usage(usage, grantIds)));
        new TreeMap<>(pool.shares()).forEach((feature, shares) -> lines.add("shares of " + feature + ": " + shares));
        return String.join(NEXT_LINE, lines);
    }

    static String numbers(Numbers numbers) {
        List<String> lines = new ArrayList<>();
        lines.add("has " + numbers.forecast());
        lines.add("top " + numbers.top());
        numbers.daily().stream()
                .filter(day -> day.units() != 0 || day.uses() != 0 || day.overage() != 0)
                .forEach(day -> lines.add(day.toString()));
        return String.join(NEXT_LINE, lines);
    }
}
