package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Retention;
import io.quotaguard.model.Usage;
import io.quotaguard.redis.books.Books;
import io.quotaguard.redis.books.TestBooks;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.AlertStore.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** That all nodes, and one that begins later, have the same books is seen to by the fixture. */
@DisplayName("What is crossed out of the journal of a Redis that keeps everything itself, and what stays")
class AloneCrossedOutTest {
    private static final Instant START = Instant.parse("2026-03-02T12:00:00Z");
    private static final Change BY_TEST = Change.by("test");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String USER = "user";
    private static final String TEAM = "team";

    private RedisAloneFixture fixture;
    private QuotaGuard quota;

    @BeforeEach
    void start() {
        fixture = new RedisAloneFixture(START, TestRedis.single(), 1);
        quota = QuotaGuard.builder(fixture.store())
                .timeout(PATIENCE)
                .retention(Retention.DEFAULT.withCorrectionTime(DAY).withLedger(Duration.ofDays(2)))
                .build();
        Plan plan = Plan.named("free")
                .limit("day", 10, ResetPeriod.DAILY)
                .limit("month", 100, ResetPeriod.MONTHLY)
                .limit("other", 10, ResetPeriod.MONTHLY)
                .build();
        Plan forTeams =
                Plan.named("team").limit("day", 1_000, ResetPeriod.MONTHLY).build();
        quota.plans().create(plan, BY_TEST);
        quota.plans().create(forTeams, BY_TEST);
        quota.plans().setDefault("free", BY_TEST);
    }

    @AfterEach
    void end() {
        quota.close();
        fixture.close();
    }

    private Books books() {
        return (Books) fixture.store().behind();
    }

    private AlertStore alerts() {
        return fixture.store().alerts();
    }

    private List<Long> claim(Duration lease) {
        return alerts().claim("node", 10, lease, AloneBench.deadline()).stream()
                .map(Claimed::alert)
                .map(Alert::id)
                .toList();
    }

    private void use(String feature, int amount) {
        assertThat(quota.checkAndRecord(Usage.of(USER, feature).amount(amount)).allowed())
                .isTrue();
    }

    /** Removes the window of the first day, and looks through the journal. */
    private void removeTheDay() {
        fixture.setTime(START.plus(DAY.multipliedBy(4)));
        assertThat(quota.maintenance().run(PATIENCE).windows()).isPositive();
    }

    @Test
    @DisplayName(
            "R33: what was done with alerts stays for as long as they are there, for a node that begins later as well")
    void doneWithAlerts() {
        use("day", 1);
        use("month", 100);
        List<Long> dealtWith = claim(Duration.ofMinutes(1));
        assertThat(dealtWith).hasSize(3);
        alerts().markSent(dealtWith.subList(0, 1), AloneBench.deadline());
        alerts().putOff(dealtWith.subList(1, 2), MONTH, AloneBench.deadline());
        assertThat(alerts().fail(dealtWith.get(2), MONTH, 1, AloneBench.deadline()))
                .isTrue();
        use("other", 10);
        List<Long> inHand = claim(MONTH);
        assertThat(inHand).hasSize(3);
        alerts().markRead(inHand, AloneBench.deadline());

        removeTheDay();

        Books later = TestBooks.anotherNode(books());
        assertThat(later.alerts().claim("later", 10, DAY, AloneBench.deadline()))
                .isEmpty();
        assertThat(later.alerts().retry(dealtWith, AloneBench.deadline())).isEqualTo(1);
    }

    @Test
    @DisplayName("R33: what was done with alerts goes with them")
    void goneWithAlerts() {
        use("day", 10);
        List<Long> ids = claim(Duration.ofMinutes(1));
        alerts().markRead(ids, AloneBench.deadline());
        alerts().putOff(ids.subList(1, 2), Duration.ofMinutes(1), AloneBench.deadline());
        alerts().fail(ids.get(2), Duration.ofMinutes(1), 1, AloneBench.deadline());
        alerts().retry(ids, AloneBench.deadline());
        alerts().markSent(ids, AloneBench.deadline());
        fixture.setTime(START.plus(DAY));
        assertThat(alerts().purge(START.plus(DAY), 10, AloneBench.deadline())).isEqualTo(3);

        removeTheDay();

        assertThat(TestBooks.deeds(books()))
                .contains("Apply", "ForgetWindows")
                .doesNotContain("Post", "Claim", "MarkRead", "PutOff", "Fail", "Retry", "MarkSent");
    }

    @Test
    @DisplayName("R39: units of a grant stay used when the window that they were used in is gone")
    void usesOfGrants() {
        quota.grants().give(Grant.of(USER, "day", 5), BY_TEST);
        use("day", 13);

        removeTheDay();

        assertThat(TestBooks.anotherNode(books())
                        .catalog()
                        .grants(USER, "day", AloneBench.deadline())
                        .get(0)
                        .left())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("R42: a use of what was left takes as much as it took, when the window that said how much is gone")
    void whatWasLeft() {
        quota.subscriptions().subscribe(TEAM, "team", BY_TEST);
        quota.subscriptions().subscribe(USER, "free", BY_TEST);
        use("day", 4);
        use("day", 3);
        quota.pools().join(USER, TEAM, BY_TEST);
        assertThat(quota.checkAndRecordUpTo(Usage.of(USER, "day").amount(9)).granted())
                .isEqualTo(3);

        removeTheDay();

        assertThat(TestBooks.usedByAll(TestBooks.anotherNode(books()), TEAM, "day"))
                .isEqualTo(3);
    }

    @Test
    @DisplayName("F1: nothing is crossed out for somebody who read the journal in another history of writes")
    void anotherHistory() {
        long before = fixture.entries();

        TestBooks.crossOut(books(), "another", 1);
        assertThat(fixture.entries()).isEqualTo(before);
    }
}
