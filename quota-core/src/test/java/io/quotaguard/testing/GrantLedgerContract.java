package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.AuditState.Difference;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R12, R25, R37, R38 and R44: grants as changes of the catalog, on every node, and what goes back to them. */
abstract class GrantLedgerContract extends CrowdGroup {
    private static final Change ONCE = BY_TEST.key("once");

    GrantLedgerContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private static Grant articles(long units) {
        return Grant.of(USER, ARTICLES, units);
    }

    private long give(Grant grant) {
        return quota.grants().give(grant, BY_TEST).id();
    }

    private Map<Long, Long> left() {
        return quota.grants().list(USER).stream()
                .collect(java.util.stream.Collectors.toMap(
                        balance -> balance.grant().id(), GrantBalance::left));
    }

    @Test
    @DisplayName("R12: a grant that is given again with its key is given once, also after it was used")
    void giveAgain() {
        dailyArticles(10);
        Grant first = quota.grants().give(articles(5), ONCE);
        use(USER, ARTICLES, 12);

        Grant again = quota.grants().give(articles(5), ONCE);

        assertThat(again).isEqualTo(first);
        assertThat(left()).isEqualTo(Map.of(first.id(), 3L));
        assertThat(quota.grants().history(USER, 10)).hasSize(1);
        assertThatThrownBy(() -> quota.grants().give(articles(6), ONCE))
                .isInstanceOf(IdempotencyConflictException.class);
        assertThat(left()).hasSize(1);
    }

    @Test
    @DisplayName("R12: a void that comes again with its key is no error, and voids nothing else")
    void voidAgain() {
        dailyArticles(10);
        long id = give(articles(5));
        long other = give(articles(7));

        quota.grants().voidGrant(USER, id, ONCE);
        quota.grants().voidGrant(USER, id, ONCE);

        assertThat(left()).isEqualTo(Map.of(id, 0L, other, 7L));
        assertThat(quota.grants().history(USER, 10)).hasSize(3);
        assertThatThrownBy(() -> quota.grants().voidGrant(USER, other, ONCE))
                .isInstanceOf(IdempotencyConflictException.class);
        assertThat(left().get(other)).isEqualTo(7);
    }

    @Test
    @DisplayName("R44: the audit has who gave what and why, and of a void what was left before and after")
    void audit() {
        dailyArticles(10);
        long id = give(articles(5));
        use(USER, ARTICLES, 12);
        setTime(NOON.plusSeconds(60));
        Change change = new Change("ops", "charged back", "k");

        quota.grants().voidGrant(USER, id, change);

        List<CatalogEntry> history = quota.grants().history(USER, 10);
        assertThat(history).hasSize(2);
        assertThat(history.get(0)).satisfies(entry -> {
            assertThat(entry.entity()).isEqualTo(CatalogEntry.Entity.GRANT);
            assertThat(entry.name()).isEqualTo(USER);
            assertThat(entry.change()).isEqualTo(change);
            assertThat(entry.at()).isEqualTo(NOON.plusSeconds(60));
            assertThat(entry.differences()).contains(new Difference("left", "3", "0"));
        });
        assertThat(history.get(1).before()).isNull();
        assertThat(history.get(1).differences())
                .contains(
                        new Difference("id", null, String.valueOf(id)),
                        new Difference("feature", null, ARTICLES),
                        new Difference("amount", null, "5"),
                        new Difference("left", null, "5"),
                        new Difference("source", null, "PURCHASE"));
    }

    @Test
    @DisplayName("R25: another node can use a grant with its very next call, and no more of it once it is voided")
    void otherNodes() {
        dailyArticles(10);
        QuotaGuard node = nodes.get(1);
        assertAllowed(node.checkAndRecord(line(USER, ARTICLES, 10)));
        assertRefused(node.checkAndRecord(USER, ARTICLES));

        long id = give(articles(5));
        assertAllowed(node.checkAndRecord(line(USER, ARTICLES, 2)));
        quota.grants().voidGrant(USER, id, BY_TEST);

        assertRefused(node.checkAndRecord(USER, ARTICLES));
        assertThat(left()).isEqualTo(Map.of(id, 0L));
    }

    @Test
    @DisplayName("R38: a hold counts against limit and grants and uses none; its commit uses them")
    void holds() {
        dailyArticles(10);
        long id = give(articles(5));
        Reservation reservation =
                quota.reserve(line(USER, ARTICLES, 13), Duration.ofMinutes(5)).orThrow();

        assertThat(reservation.decision().remaining()).hasValue(2);
        assertThat(left()).isEqualTo(Map.of(id, 5L));
        assertThat(quota.reserve(line(USER, ARTICLES, 3), Duration.ofMinutes(5))
                        .decision()
                        .allowed())
                .isFalse();
        reservation.commit(12);

        assertThat(left()).isEqualTo(Map.of(id, 3L));
        assertThat(rows(USER).get(0).grants()).isEqualTo(Map.of(id, 2L));
    }

    @Test
    @DisplayName(
            "R37: a correction gives back the overage first, then the grants, the last used first, then the allowance")
    void correctionGivesBack() {
        plan("free", feature(ARTICLES, 10, ResetPeriod.DAILY).overage(Overage.upTo(5)));
        subscribe(USER, "free");
        long first = give(articles(2).priority(1));
        long last = give(articles(3).priority(2));
        useWithKey("k", USER, ARTICLES, 19);
        assertThat(rows(USER).get(0).overage()).isEqualTo(4);
        Correction.Use use = Correction.ofKey(USER, ARTICLES, "k");

        quota.usage().correct(use.by(5), BY_TEST);
        assertThat(rows(USER).get(0).overage()).isEqualTo(-4);
        assertThat(rows(USER).get(0).grants()).isEqualTo(Map.of(last, -1L));
        assertThat(left()).isEqualTo(Map.of(first, 0L, last, 1L));
        quota.usage().correct(use.by(3), BY_TEST);
        assertThat(rows(USER).get(0).overage()).isZero();
        assertThat(rows(USER).get(0).grants()).isEqualTo(Map.of(last, -2L, first, -1L));
        quota.usage().correct(use.to(0), BY_TEST);
        assertThat(rows(USER).get(0).grants())
                .as("a row names no grant that gets nothing back")
                .isEqualTo(Map.of(first, -1L));

        assertThat(left()).isEqualTo(Map.of(first, 2L, last, 3L));
        assertThat(used(USER, ARTICLES)).isZero();
        assertThat(quota.check(USER, ARTICLES).limit()).isEqualTo(Limit.of(15));
        assertThat(use(USER, ARTICLES, 15).overage()).isZero();
    }

    @Test
    @DisplayName("R37: what goes back to an expired grant helps nobody, and nothing goes back to a voided one")
    void correctionOfWhatIsGone() {
        dailyArticles(10);
        long expired = give(articles(2).until(NOON.plusSeconds(60)));
        long voided = give(articles(3));
        useWithKey("k", USER, ARTICLES, 15);
        setTime(NOON.plusSeconds(60));
        quota.grants().voidGrant(USER, voided, BY_TEST);

        Decision decision =
                quota.usage().correct(Correction.ofKey(USER, ARTICLES, "k").to(8), BY_TEST);

        assertThat(decision.used()).isEqualTo(8);
        assertThat(left()).isEqualTo(Map.of(expired, 2L, voided, 0L));
        assertThat(quota.check(USER, ARTICLES).limit()).isEqualTo(Limit.of(10));
        assertRefused(use(USER, ARTICLES, 3));
        assertAllowed(use(USER, ARTICLES, 2));
    }

    @Test
    @DisplayName("R37: what came from a grant yesterday goes back to it today")
    void correctionOfYesterday() {
        dailyArticles(10);
        long id = give(articles(5));
        useWithKey("k", USER, ARTICLES, 14);
        setTime(MIDNIGHT);
        assertRefused(use(USER, ARTICLES, 12));

        quota.usage().correct(Correction.ofKey(USER, ARTICLES, "k").by(3), BY_TEST);

        assertThat(left()).isEqualTo(Map.of(id, 4L));
        assertAllowed(use(USER, ARTICLES, 14));
    }

    @Test
    @DisplayName(
            "R42: uses that race never use more than there is, and what was given is what is left and what was used")
    void racing() {
        dailyArticles(20);
        for (int n = 0; n < 3; n++) {
            give(articles(10).priority(n));
        }
        LongAdder allowed = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 6; n++) {
                String key = thread + "-" + n;
                Decision decision = node.checkAndRecord(line(USER, ARTICLES, 1).key(key));
                allowed.add(decision.granted());
                if (decision.allowed() && n % 3 == 2) {
                    allowed.add(-correctedOne(node, key));
                }
            }
        });

        assertThat(used(USER, ARTICLES)).isEqualTo(allowed.sum()).isLessThanOrEqualTo(50);
        assertBalanced(30);
        while (use(USER, ARTICLES).allowed()) {
            allowed.increment();
        }
        assertThat(allowed.sum()).isEqualTo(50);
        assertBalanced(30);
        assertThat(left().values()).containsOnly(0L);
    }

    private static long correctedOne(QuotaGuard node, String key) {
        return node.usage()
                .correct(Correction.ofKey(USER, ARTICLES, key).by(1), BY_TEST)
                .granted();
    }

    /** Asserts that units given = units left + units used by the ledger, grant by grant. */
    private void assertBalanced(long given) {
        long sum = 0;
        for (Map.Entry<Long, Long> grant : left().entrySet()) {
            long used = rows(USER).stream()
                    .map(UsageRecord::grants)
                    .mapToLong(grants -> grants.getOrDefault(grant.getKey(), 0L))
                    .sum();
            assertThat(grant.getValue() + used).as("grant %d", grant.getKey()).isEqualTo(10);
            sum += grant.getValue() + used;
        }
        assertThat(sum).isEqualTo(given);
    }

    @Test
    @DisplayName("R38: voids that race with uses leave nothing usable, and what is used stays covered")
    void voidRacesWithUses() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        long id = give(articles(1000));
        LongAdder allowed = new LongAdder();

        onAllThreads((thread, node) -> {
            if (thread == 0) {
                Await.until("some are used", () -> allowed.sum() > 20);
                node.grants().voidGrant(USER, id, BY_TEST);
            } else {
                while (node.checkAndRecord(USER, ARTICLES).allowed()) {
                    allowed.increment();
                }
            }
        });

        assertThat(used(USER, ARTICLES)).isEqualTo(10 + allowed.sum());
        assertThat(left()).isEqualTo(Map.of(id, 0L));
        assertThat(rows(USER)).extracting(UsageRecord::overage).containsOnly(0L);
        assertThatThrownBy(() -> quota.grants().voidGrant(USER, id, BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class);
    }
}
