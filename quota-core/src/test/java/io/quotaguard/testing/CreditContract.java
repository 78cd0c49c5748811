package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.Reservation;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Grant;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R3, R37 and R40: features of one plan that are paid from the same credits. */
abstract class CreditContract extends CrowdGroup {
    private static final String CREDITS = "credits";
    private static final String MATE = "user-43";
    private static final String TEAM = "team-7";
    private static final Duration TTL = Duration.ofMinutes(5);

    CreditContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    /** A hundred credits a month; an article costs ten of them, at most five a day; a distillation costs three. */
    @BeforeEach
    final void credits() {
        plan(
                "paid",
                feature(CREDITS, 100, ResetPeriod.MONTHLY),
                feature(ARTICLES, 5, ResetPeriod.DAILY).drawing(10, CREDITS),
                feature(KEYWORDS, -1, ResetPeriod.DAILY).drawing(3, CREDITS));
        subscribe(USER, "paid");
    }

    private static void assertRefusedBy(String feature, Decision decision) {
        assertRefused(decision);
        assertThat(decision.refused()).extracting(Verdict::feature).containsOnly(feature);
    }

    @Test
    @DisplayName("R3: each use is charged to its own counter and, at its rate, to the credits, with a row that says so")
    void rates() {
        Decision decision = useWithKey("k", USER, ARTICLES, 2);
        use(USER, KEYWORDS, 4);
        use(USER, CREDITS, 1);

        assertThat(decision.granted()).isEqualTo(2);
        assertThat(decision.use().feature()).isEqualTo(ARTICLES);
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
        assertThat(used(USER, KEYWORDS)).isEqualTo(4);
        assertThat(used(USER, CREDITS)).isEqualTo(20 + 12 + 1);
        assertThat(rows(USER))
                .filteredOn(row -> row.key().equals("k") && row.feature().equals(CREDITS))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.amount()).isEqualTo(20);
                    assertThat(row.origin()).isEqualTo(new Origin(USER, ARTICLES, 10));
                    assertThat(row.operation()).isEqualTo(UsageRecord.Operation.RECORD);
                });
    }

    @Test
    @DisplayName(
            "R5: what is left is in units of the use: what the cap leaves, or what the credits pay for, rounded down")
    void whatIsLeft() {
        assertThat(quota.check(USER, ARTICLES).remaining()).hasValue(5);
        assertThat(quota.overview(USER).feature(ARTICLES).orElseThrow().remaining())
                .hasValue(5);
        use(USER, CREDITS, 71);

        Decision decision = quota.check(USER, ARTICLES);

        assertThat(decision.feature()).as("the tightest").isEqualTo(CREDITS);
        assertThat(decision.remaining()).as("credits").hasValue(29);
        assertThat(quota.overview(USER).feature(ARTICLES).orElseThrow().remaining())
                .as("articles")
                .hasValue(2);
        assertThat(quota.overview(USER).feature(KEYWORDS).orElseThrow().remaining())
                .hasValue(9);
        assertThat(quota.overview(USER).feature(CREDITS).orElseThrow().remaining())
                .hasValue(29);
    }

    @Test
    @DisplayName("R3: too few credits refuse though the cap has room, and are named; nothing is charged")
    void tooFewCredits() {
        use(USER, CREDITS, 91);

        Decision refused = use(USER, ARTICLES, 1);

        assertRefusedBy(CREDITS, refused);
        assertThat(refused.reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(refused.resetsAt()).contains(Instant.parse("2026-04-01T00:00:00Z"));
        assertThat(used(USER, ARTICLES)).isZero();
        assertThat(used(USER, CREDITS)).isEqualTo(91);
        assertAllowed(use(USER, KEYWORDS, 3));
        assertRefusedBy(CREDITS, use(USER, KEYWORDS, 1));
    }

    @Test
    @DisplayName("R3: the cap refuses though there are credits, and is named; it starts anew before they do")
    void cap() {
        use(USER, ARTICLES, 5);

        assertRefusedBy(ARTICLES, use(USER, ARTICLES, 1));
        assertThat(used(USER, CREDITS)).isEqualTo(50);
        setTime(MIDNIGHT);
        assertAllowed(use(USER, ARTICLES, 5));
        setTime(MIDNIGHT.plus(Duration.ofDays(1)));

        assertRefusedBy(CREDITS, use(USER, ARTICLES, 1));
    }

    @Test
    @DisplayName("R3: two features in one call share the credits that are left")
    void twoFeaturesInOneCall() {
        use(USER, CREDITS, 74);

        assertRefusedBy(CREDITS, quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 2), line(USER, KEYWORDS, 3))));
        assertThat(used(USER, CREDITS)).isEqualTo(74);
        assertAllowed(quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 2), line(USER, KEYWORDS, 2))));

        assertThat(used(USER, CREDITS)).isEqualTo(100);
        assertThat(fired(USER)).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R37: a correction gives the credits back at the rate of the use, whatever the rate is by now")
    void correction() {
        useWithKey("k", USER, ARTICLES, 4);
        Plan plan = quota.plans().get("paid").orElseThrow();
        quota.plans()
                .update(
                        plan.edit()
                                .replace(feature(ARTICLES, 5, ResetPeriod.DAILY).drawing(20, CREDITS))
                                .build(),
                        BY_TEST);

        assertThat(quota.usage()
                        .correct(Correction.ofKey(USER, ARTICLES, "k").to(1), BY_TEST)
                        .granted())
                .isEqualTo(3);
        assertThat(used(USER, CREDITS)).isEqualTo(10);
        assertThat(useWithKey("k", USER, ARTICLES, 4).replayed()).isTrue();
        use(USER, ARTICLES, 2);

        assertThat(used(USER, CREDITS)).isEqualTo(10 + 40);
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
    }

    @Test
    @DisplayName(
            "R34: a hold holds credits at the rate, its commit charges those of what is committed, and frees the rest")
    void reservation() {
        Reservation reservation = quota.reserve(line(USER, ARTICLES, 4), TTL).orThrow();
        assertThat(counter(USER, CREDITS)).isEqualTo(new Counter(0, 40));
        use(USER, CREDITS, 55);
        assertThat(use(USER, KEYWORDS, 2).reason()).contains(RefusalReason.HELD);
        assertThat(reservation.commitAllowingMore(5).refused())
                .extracting(Verdict::feature)
                .containsExactly(CREDITS);

        Decision decision = reservation.commit(1);

        assertThat(decision.granted()).isEqualTo(1);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(1, 0));
        assertThat(counter(USER, CREDITS)).isEqualTo(new Counter(65, 0));
        assertThat(quota.reserve(line(USER, ARTICLES, 3), TTL)
                        .commitAllowingMore(3)
                        .allowed())
                .isTrue();
        assertThat(counter(USER, CREDITS)).isEqualTo(new Counter(95, 0));
    }

    @Test
    @DisplayName("R40: a team's credits pay for all its members, and a correction gives them back, also after a move")
    void creditsOfATeam() {
        subscribe(TEAM, "paid");
        quota.pools().join("user-44", TEAM, BY_TEST);
        quota.pools().join(MATE, TEAM, BY_TEST);
        useWithKey("k", "user-44", ARTICLES, 3);
        use(MATE, KEYWORDS, 20);

        assertThat(used(TEAM, CREDITS)).isEqualTo(30 + 60);
        assertThat(used(TEAM, ARTICLES)).isEqualTo(3);
        assertThat(used("user-44", ARTICLES)).isEqualTo(3);
        Decision refused = use(MATE, ARTICLES, 2);
        assertRefusedBy(CREDITS, refused);
        assertThat(refused.refused()).extracting(Verdict::subject).containsExactly(TEAM);
        subscribe("team-8", "paid");
        quota.pools().join("user-44", "team-8", BY_TEST);

        quota.usage().correct(Correction.ofKey("user-44", ARTICLES, "k").by(2), BY_TEST);

        assertThat(used(TEAM, CREDITS)).isEqualTo(70);
        assertThat(used(TEAM, ARTICLES)).isEqualTo(1);
        assertThat(used("user-44", ARTICLES)).isEqualTo(1);
        assertThat(used("team-8", CREDITS)).isZero();
        assertAllowed(use(MATE, ARTICLES, 3));
    }

    @Test
    @DisplayName("R40: a member with a plan of its own pays from its own credits and from its team's")
    void creditsOfBoth() {
        plan(
                "team",
                feature(CREDITS, 40, ResetPeriod.MONTHLY),
                feature(ARTICLES, -1, ResetPeriod.DAILY).drawing(20, CREDITS));
        subscribe(TEAM, "team");
        quota.pools().join(USER, TEAM, BY_TEST);

        assertAllowed(use(USER, ARTICLES, 2));
        Decision refused = use(USER, ARTICLES, 1);

        assertThat(refused.refused()).extracting(Verdict::subject).containsExactly(TEAM);
        assertThat(used(USER, CREDITS)).isEqualTo(20);
        assertThat(used(TEAM, CREDITS)).isEqualTo(40);
    }

    @Test
    @DisplayName("R1: a use that takes what is left takes as many units as the credits pay for in full")
    void upTo() {
        use(USER, CREDITS, 75);

        Decision decision = quota.checkAndRecordUpTo(line(USER, ARTICLES, 5));

        assertThat(decision.granted()).isEqualTo(2);
        assertThat(used(USER, CREDITS)).isEqualTo(95);
        assertRefusedBy(CREDITS, quota.checkAndRecordUpTo(line(USER, ARTICLES, 5)));
        assertThat(quota.checkAndRecordUpTo(line(USER, KEYWORDS, 5)).granted()).isEqualTo(1);
        assertThat(used(USER, CREDITS)).isEqualTo(98);
    }

    @Test
    @DisplayName("R38: credits that were bought pay when the plan's are used up, and the credits' row names the grant")
    void boughtCredits() {
        long grant = quota.grants().give(Grant.of(USER, CREDITS, 30), BY_TEST).id();
        use(USER, CREDITS, 95);

        assertAllowed(use(USER, ARTICLES, 3));

        assertThat(rows(USER))
                .filteredOn(row -> row.amount() == 30)
                .singleElement()
                .satisfies(row -> assertThat(row.grants()).isEqualTo(Map.of(grant, 25L)));
        assertRefusedBy(CREDITS, use(USER, ARTICLES, 1));
    }

    @Test
    @DisplayName("R6: credits beyond the largest sum are an error that changes nothing")
    void tooLarge() {
        plan(
                "wild",
                feature(CREDITS, -1, ResetPeriod.NEVER),
                feature(ARTICLES, -1, ResetPeriod.NEVER).drawing(1_000_000, CREDITS));
        subscribe(MATE, "wild");

        assertThatThrownBy(() -> use(MATE, ARTICLES, Units.MAX / 1_000_000 + 1))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R6");
        assertAllowed(use(MATE, ARTICLES, Units.MAX / 1_000_000));
        assertThatThrownBy(() -> use(MATE, ARTICLES, 1)).isInstanceOf(InvalidQuotaArgumentException.class);

        assertThat(used(MATE, ARTICLES)).isEqualTo(Units.MAX / 1_000_000);
    }

    @Test
    @DisplayName("R40: a plan that draws on credits that it lacks, on itself, or on what draws itself, is refused")
    void faultyPlans() {
        PlanFeature credits = feature(CREDITS, 100, ResetPeriod.MONTHLY);
        PlanFeature articles = feature(ARTICLES, 5, ResetPeriod.DAILY);

        assertFaulty("not in the plan", () -> planOf("p", articles.drawing(10, CREDITS)));
        assertFaulty("itself", () -> planOf("p", articles.drawing(10, ARTICLES)));
        assertFaulty(
                "draws from another",
                () -> planOf(
                        "p",
                        articles.drawing(10, KEYWORDS),
                        credits,
                        feature(KEYWORDS, 1, ResetPeriod.DAILY).drawing(1, CREDITS)));
        assertFaulty("0", () -> articles.drawing(0, CREDITS));
        assertFaulty("1000001", () -> articles.drawing(1_000_001, CREDITS));
    }

    private static void assertFaulty(String words, Runnable plan) {
        assertThatThrownBy(plan::run)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    @DisplayName("R1: features that race for the same credits from many nodes never spend more than there are")
    void racing() {
        LongAdder spent = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 10; n++) {
                boolean articles = (thread + n) % 3 == 0;
                Decision decision = node.checkAndRecord(USER, articles ? ARTICLES : KEYWORDS);
                spent.add(decision.granted() * (articles ? 10 : 3));
            }
        });

        assertThat(spent.sum()).isBetween(98L, 100L);
        assertThat(used(USER, CREDITS)).isEqualTo(spent.sum());
        assertThat(used(USER, ARTICLES) * 10 + used(USER, KEYWORDS) * 3).isEqualTo(spent.sum());
    }
}
