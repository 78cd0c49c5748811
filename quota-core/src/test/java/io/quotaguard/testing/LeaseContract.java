package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Leased features: what is spent from slices obeys the same rules. */
abstract class LeaseContract extends ContractGroup {
    LeaseContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private QuotaGuard leasing(QuotaStore over, SlicePolicy policy) {
        return closing(QuotaGuard.builder(over)
                .timeout(TIMEOUT)
                .catalogPollInterval(Duration.ofMillis(20))
                .leased(ARTICLES, policy)
                .build());
    }

    private QuotaGuard leasing() {
        return leasing(fixture.anotherNode(), SlicePolicy.adaptive());
    }

    private static int useAll(QuotaGuard guard) {
        int used = 0;
        while (guard.checkAndRecord(USER, ARTICLES).allowed()) {
            used++;
        }
        return used;
    }

    private static void use(QuotaGuard guard, int times) {
        for (int i = 0; i < times; i++) {
            assertAllowed(guard.checkAndRecord(USER, ARTICLES));
        }
    }

    private void awaitNothingHeld() {
        Await.until("no units lie in slices", () -> counter(USER, ARTICLES).held() == 0);
    }

    @Test
    @DisplayName("R1, R42: guards that come and go admit together exactly the limit, and post every use")
    void exactlyTheLimit() throws InterruptedException {
        dailyArticles(250);
        AtomicInteger allowed = new AtomicInteger();
        List<Thread> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            QuotaStore node = fixture.anotherNode();
            Random random = new Random(i);
            nodes.add(new Thread(() -> {
                boolean open = true;
                while (open) {
                    try (QuotaGuard guard = leasing(node, SlicePolicy.fixed(1 + random.nextInt(60)))) {
                        for (int use = random.nextInt(100) + 1; use > 0 && open; use--) {
                            open = guard.checkAndRecord(USER, ARTICLES).allowed();
                            allowed.addAndGet(open ? 1 : 0);
                        }
                    }
                }
            }));
        }
        nodes.forEach(Thread::start);
        for (Thread node : nodes) {
            node.join();
        }

        assertThat(allowed).hasValue(250);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(250, 0));
        assertThat(rows(USER)).hasSize(250);
    }

    @Test
    @DisplayName("R34: what lies in a slice is held, counts for others, and goes back when it is idle")
    void slicesAreHeld() {
        dailyArticles(1_600);
        QuotaGuard node = leasing(fixture.anotherNode(), SlicePolicy.fixed(50).idle(Duration.ofSeconds(1)));

        use(node, 2);

        Counter taken = counter(USER, ARTICLES);
        assertThat(taken.taken()).as("%s", taken).isEqualTo(51);
        assertRefused(use(USER, ARTICLES, 1_600 - 50));
        awaitNothingHeld();
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(2, 0));
    }

    @Test
    @DisplayName(
            "R13, R42: each use from a slice is a row of its own, under the key of its decision, with its metadata")
    void everyUseIsARow() {
        dailyArticles(1_000);
        List<String> keys = new ArrayList<>();
        try (QuotaGuard node = leasing()) {
            for (int i = 0; i < 20; i++) {
                Decision decision = node.checkAndRecord(
                        Usage.of(USER, ARTICLES).amount(1 + i % 3).with("number", String.valueOf(i)));
                assertAllowed(decision);
                keys.add(decision.key());
            }
        }

        List<UsageRecord> rows = new ArrayList<>(rows(USER));
        rows.sort((one, other) -> Long.compare(one.usedAfter(), other.usedAfter()));
        assertThat(rows).extracting(UsageRecord::key).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.metadata()).containsKey("number"))
                .extracting(UsageRecord::usedAfter)
                .last()
                .isEqualTo(39L);
    }

    @Test
    @DisplayName("R27, R31: alerts fire once each, ascending, as uses are posted; what is held fires none")
    void alertsFire() {
        dailyArticles(500);
        QuotaGuard node = leasing();

        use(node, 399);
        Await.until("all is posted", () -> used(USER, ARTICLES) == 399);
        assertThat(fired(USER)).isEmpty();
        assertThat(useAll(node)).isEqualTo(101);

        Await.until("all is posted", () -> used(USER, ARTICLES) == 500);
        assertThat(fired(USER)).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R1: what lies in the slices of others is found before anybody is refused")
    void lastUnitIsFound() {
        dailyArticles(640);
        int used = 0;
        for (int i = 0; i < 4; i++) {
            QuotaGuard other = leasing();
            use(other, 10);
            used += 10;
        }
        QuotaGuard last = leasing();

        assertThat(useAll(last)).isEqualTo(640 - used);
        assertThat(counter(USER, ARTICLES).held()).isZero();
        assertThat(last.checkAndRecord(USER, ARTICLES).reason()).contains(RefusalReason.EXHAUSTED);
    }

    @Test
    @DisplayName("R34: units that a reservation holds refuse a leased use as they do any other")
    void reservationsStayHeld() {
        dailyArticles(100);
        quota.reserve(Usage.of(USER, ARTICLES).amount(40), Duration.ofHours(1));
        QuotaGuard node = leasing();

        assertThat(useAll(node)).isEqualTo(60);
        Decision refused = node.checkAndRecord(USER, ARTICLES);

        assertThat(refused.reason()).contains(RefusalReason.HELD);
        assertThat(refused.heldUntil()).contains(NOON.plus(Duration.ofHours(1)));
    }

    @Test
    @DisplayName("R7, R8: a use with the caller's own key goes to the store, so that its retry is told anywhere")
    void ownKeysGoStraight() {
        dailyArticles(1_000);
        QuotaGuard node = leasing();
        use(node, 20);
        Usage usage = Usage.of(USER, ARTICLES).key("order-7");

        assertAllowed(node.checkAndRecord(usage));
        Decision retry = quota.checkAndRecord(usage);

        assertThat(retry.replayed()).isTrue();
    }

    @Test
    @DisplayName("R1, R6: an amount larger than a slice goes to the store, and finds what lies in the own slice")
    void largeAmountsGoStraight() {
        dailyArticles(1_000);
        QuotaGuard node = leasing();
        use(node, 10);

        assertAllowed(node.checkAndRecord(Usage.of(USER, ARTICLES).amount(900)));
        assertAllowed(node.checkAndRecord(Usage.of(USER, ARTICLES).amount(90)));
        assertRefused(node.checkAndRecord(USER, ARTICLES));
    }

    @Test
    @DisplayName("R25: when the plan changes slices go back, and the next use goes by the new terms")
    void planChanges() {
        dailyArticles(1_000);
        QuotaGuard node = leasing(
                fixture.anotherNode(),
                SlicePolicy.fixed(50).life(Duration.ofSeconds(1)).idle(Duration.ofSeconds(1)));
        use(node, 10);

        quota.plans().update(editedTo(10), BY_TEST);
        awaitNothingHeld();

        assertThat(counter(USER, ARTICLES).used()).isEqualTo(10);
        assertRefused(node.checkAndRecord(USER, ARTICLES));
    }

    @Test
    @DisplayName("R14, R36: a slice belongs to its window: what was spent of it lands there, and the next begins anew")
    void windowsEnd() {
        dailyArticles(100);
        setTime(MIDNIGHT.minus(Duration.ofHours(1)));
        QuotaGuard node = leasing(fixture.anotherNode(), SlicePolicy.fixed(5).idle(Duration.ofSeconds(9)));
        use(node, 10);

        setTime(MIDNIGHT);
        useAll(node);
        awaitNothingHeld();

        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(100, 0));
        assertThat(rows(USER))
                .filteredOn(row -> MIDNIGHT.equals(row.window().start()))
                .hasSize(100);
        // This clock has jumped: until the node looked at it, the unit that was left could be spent, in its own window.
        assertThat(rows(USER))
                .filteredOn(row -> MIDNIGHT.equals(row.window().end()))
                .hasSizeBetween(10, 11);
    }

    @Test
    @DisplayName("R40, R41: pools and overage are told by the store alone, so that nothing of them is leased")
    void whatIsNotPlainGoesStraight() {
        plan("team", feature(ARTICLES, 40, ResetPeriod.DAILY));
        subscribe("team-1", "team");
        dailyArticles(1_000);
        quota.pools().join(USER, "team-1", BY_TEST);
        QuotaGuard node = leasing();

        assertThat(useAll(node)).isEqualTo(40);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(40, 0));
    }
}
