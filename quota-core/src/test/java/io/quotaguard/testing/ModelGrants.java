package io.quotaguard.testing;

import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who was given what on top of the plan, and what is left of it (R38, R39). */
final class ModelGrants {
    private static final Comparator<Given> BURNED_FIRST = Comparator.<Given>comparingInt(
                    given -> given.grant.priority())
            .thenComparing(given -> given.grant.expiresAt(), Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(given -> given.grant.id());

    private final List<Given> all = new ArrayList<>();
    private final Map<String, Given> labels = new HashMap<>();

    /** What a request key stands for. */
    private final Map<String, Given> keys = new HashMap<>();

    /** One grant. */
    static final class Given {
        private final Grant grant;
        private final Instant at;
        private long left;
        private @Nullable Instant voidedAt;

        private Given(Grant grant, Instant at) {
            this.grant = grant;
            this.at = at;
            this.left = grant.amount();
        }

        long id() {
            return grant.id();
        }

        long left() {
            return left;
        }

        void burn(long units) {
            left -= units;
        }

        /** What was taken back stays so. */
        void giveBack(long units) {
            left += voidedAt == null ? units : 0;
        }

        private boolean isActive(Instant now) {
            Instant from = grant.effectiveAt();
            Instant until = grant.expiresAt();
            return voidedAt == null && (from == null || !now.isBefore(from)) && (until == null || now.isBefore(until));
        }
    }

    boolean knows(@Nullable String key) {
        return key != null && keys.containsKey(key);
    }

    /** Returns the answer to a request key that comes again: as before, or a conflict with what it stands for (R12). */
    String again(Step.Give give) {
        Given known = keys.get(String.valueOf(give.key()));
        if (known == null || !known.grant.withId(0).equals(give.grant())) {
            return "conflict";
        }
        labels.put(give.label(), known);
        return "done";
    }

    void give(Step.Give give, Instant now) {
        Given given = new Given(give.grant().withId(all.size() + 1), now);
        all.add(given);
        labels.put(give.label(), given);
        if (give.key() != null) {
            keys.put(give.key(), given);
        }
    }

    String takeBack(Step.TakeBack back, Instant now) {
        Given given = labels.get(back.label());
        if (given == null || !given.grant.subject().equals(back.subject()) || given.voidedAt != null) {
            return "error";
        }
        given.left = 0;
        given.voidedAt = now;
        return "done";
    }

    /** Returns what can be used now, in the order of use. */
    List<Given> active(String subject, String feature, Instant now) {
        return all.stream()
                .filter(given -> given.grant.subject().equals(subject)
                        && given.grant.feature().equals(feature)
                        && given.isActive(now))
                .sorted(BURNED_FIRST)
                .toList();
    }

    Given byId(long id) {
        return all.get((int) id - 1);
    }

    /** Returns the subject's grants, the oldest first. */
    List<GrantBalance> balances(String subject) {
        return all.stream()
                .filter(given -> given.grant.subject().equals(subject))
                .map(given -> new GrantBalance(given.grant, given.left, given.at, given.voidedAt))
                .toList();
    }

    /** Returns the numbers of all grants, in the order in which they were given. */
    List<Long> ids() {
        return all.stream().map(Given::id).toList();
    }
}
