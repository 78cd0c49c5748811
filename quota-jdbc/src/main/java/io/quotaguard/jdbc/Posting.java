package io.quotaguard.jdbc;

import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What was decided in front of this store, parted into the plain uses, which {@code quota_post} charges together, and the
 * rest. All that is of one subject goes one way, so that its ledger keeps the order of the decisions. Used by one thread.
 */
final class Posting {
    private final List<Decided> decided;
    private final boolean[] plain;

    private record Key(String subject, String feature, String key) {}

    Posting(List<Decided> decided) {
        this.decided = decided;
        this.plain = new boolean[decided.size()];
        Set<Key> keys = new HashSet<>();
        Set<String> others = new HashSet<>();
        for (int i = 0; i < plain.length; i++) {
            Decided each = decided.get(i);
            Line first = each.command().lines().get(0);
            plain[i] = PostRound.carries(each)
                    && keys.add(new Key(
                            first.subject(), first.feature(), each.command().key()));
            if (!plain[i]) {
                each.command().lines().forEach(line -> others.add(line.subject()));
            }
        }
        for (int i = 0; i < plain.length && !others.isEmpty(); i++) {
            plain[i] &= !others.contains(decided.get(i).command().lines().get(0).subject());
        }
    }

    /** Returns the outcomes in the order of the decisions, {@code sent} being what sends a round. */
    List<Outcome> outcomes(Function<Round, List<Outcome>> sent) {
        Outcome[] outcomes = new Outcome[plain.length];
        place(true, PostRound::new, sent, outcomes);
        place(false, ChargeRound::posting, sent, outcomes);
        return Arrays.asList(outcomes);
    }

    private void place(
            boolean those,
            Function<List<Decided>, Round> round,
            Function<Round, List<Outcome>> sent,
            Outcome[] outcomes) {
        List<Decided> part = new ArrayList<>();
        for (int i = 0; i < plain.length; i++) {
            if (plain[i] == those) {
                part.add(decided.get(i));
            }
        }
        if (part.isEmpty()) {
            return;
        }
        List<Outcome> told = sent.apply(round.apply(part));
        int next = 0;
        for (int i = 0; i < plain.length; i++) {
            if (plain[i] == those) {
                outcomes[i] = told.get(next++);
            }
        }
    }
}
