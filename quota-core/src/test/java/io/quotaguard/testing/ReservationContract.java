package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.Reservation;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R34 and R35, with R31: units that are held, and the one way in which each hold ends. */
abstract class ReservationContract extends ContractGroup {
    private static final Duration TTL = Duration.ofMinutes(5);

    ReservationContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Reservation hold(long units) {
        return quota.reserve(line(USER, ARTICLES, units), TTL).orThrow();
    }

    private Counter counter() {
        return counter(USER, ARTICLES);
    }

    private static void assertSettled(ReservationState state, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ReservationSettledException.class,
                        settled -> assertThat(settled.state()).isEqualTo(state))
                .hasMessageContaining("R35");
    }

    @Test
    @DisplayName("R34: what is held counts against the limit, and is not used")
    void heldIsNotUsed() {
        dailyArticles(10);

        Reservation reservation = hold(4);

        Decision decision = reservation.decision();
        assertThat(decision.granted()).isEqualTo(4);
        assertThat(decision.used()).isZero();
        assertThat(decision.held()).isEqualTo(4);
        assertThat(decision.remaining()).hasValue(6);
        assertThat(reservation.expiresAt()).isEqualTo(NOON.plus(TTL));
        assertThat(counter()).isEqualTo(new Counter(0, 4));
        assertRefused(use(USER, ARTICLES, 7));
        assertAllowed(use(USER, ARTICLES, 6));
    }

    @Test
    @DisplayName("R34: a commit charges what was held, by one row under the key of the hold with what it carried")
    void commitOfAll() {
        dailyArticles(10);
        Reservation reservation = quota.reserve(line(USER, ARTICLES, 4).key("k").with("job", "nightly"), TTL);
        setTime(NOON.plusSeconds(60));

        Decision decision = reservation.commit();

        assertThat(decision.granted()).isEqualTo(4);
        assertThat(decision.replayed()).isFalse();
        assertThat(counter()).isEqualTo(new Counter(4, 0));
        assertThat(rows(USER)).singleElement().satisfies(row -> {
            assertThat(row.operation()).isEqualTo(UsageRecord.Operation.COMMIT);
            assertThat(row.amount()).isEqualTo(4);
            assertThat(row.usedAfter()).isEqualTo(4);
            assertThat(row.key()).isEqualTo("k");
            assertThat(row.metadata()).containsOnly(Map.entry("job", "nightly"));
            assertThat(row.recordedAt()).isEqualTo(NOON.plusSeconds(60));
        });
    }

    @Test
    @DisplayName("R34: a commit of less charges that, and frees the rest")
    void commitOfLess() {
        dailyArticles(10);

        Decision decision = hold(6).commit(2);

        assertThat(decision.granted()).isEqualTo(2);
        assertThat(decision.remaining()).hasValue(8);
        assertThat(counter()).isEqualTo(new Counter(2, 0));
        assertAllowed(use(USER, ARTICLES, 8));
    }

    @Test
    @DisplayName("R34: a commit of more than is held is an error that changes nothing, though there were room for it")
    void commitOfMore() {
        dailyArticles(10);
        Reservation reservation = hold(4);

        assertThatThrownBy(() -> reservation.commit(5))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R34")
                .hasMessageContaining("5");

        assertThat(counter()).isEqualTo(new Counter(0, 4));
        assertAllowed(reservation.commit());
        assertThat(counter()).isEqualTo(new Counter(4, 0));
    }

    @Test
    @DisplayName("R34: a commit that allows more takes what is beyond the hold from what is free, to the last unit")
    void commitAllowingMore() {
        dailyArticles(10);
        Reservation reservation = hold(4);
        use(USER, ARTICLES, 1);

        Decision decision = reservation.commitAllowingMore(9);

        assertThat(decision.granted()).isEqualTo(9);
        assertThat(counter()).isEqualTo(new Counter(10, 0));
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R34: refused for want of room it changes nothing, and what is held can still be committed")
    void commitAllowingMoreRefused() {
        dailyArticles(10);
        Reservation reservation = hold(4);
        use(USER, ARTICLES, 5);

        Decision refused = reservation.commitAllowingMore(6);

        assertThat(refused.reason()).as("its own hold is not in the way").contains(RefusalReason.EXHAUSTED);
        assertThat(counter()).isEqualTo(new Counter(5, 4));
        Reservation other = hold(1);
        assertThat(reservation.commitAllowingMore(5).reason()).contains(RefusalReason.HELD);
        other.release();
        assertAllowed(reservation.commit());
        assertThat(counter()).isEqualTo(new Counter(9, 0));
    }

    @Test
    @DisplayName("R34: closing releases what was not committed, and leaves alone what was")
    void close() {
        dailyArticles(10);

        try (Reservation left = hold(4)) {
            assertThat(left.decision().held()).isEqualTo(4);
        }
        try (Reservation done = hold(3)) {
            assertAllowed(done.commit(2));
        }

        assertThat(counter()).isEqualTo(new Counter(2, 0));
        assertThat(rows(USER)).extracting(UsageRecord::amount).containsExactly(2L);
    }

    @Test
    @DisplayName("R35: a commit that is repeated gives the same answer, however it is spelled, and charges once")
    void commitTwice() {
        dailyArticles(10);
        Reservation reservation = hold(4);
        Decision first = reservation.commit();
        use(USER, ARTICLES, 5);

        for (Decision again : List.of(reservation.commit(), reservation.commit(4), reservation.commitAllowingMore(4))) {
            assertThat(again.replayed()).isTrue();
            assertThat(again.verdicts()).isEqualTo(first.verdicts());
        }
        assertThat(used(USER, ARTICLES)).isEqualTo(9);
        assertThat(rows(USER)).hasSize(2);
    }

    @Test
    @DisplayName("R35: what is committed can be ended in no other way, and the error says how it ended")
    void afterCommit() {
        dailyArticles(10);
        Reservation reservation = hold(4);
        reservation.commit(3);

        assertSettled(ReservationState.COMMITTED, reservation::commit);
        assertSettled(ReservationState.COMMITTED, () -> reservation.commitAllowingMore(2));
        assertSettled(ReservationState.COMMITTED, reservation::release);
        assertSettled(ReservationState.COMMITTED, () -> reservation.extend(TTL));
        assertThat(counter()).isEqualTo(new Counter(3, 0));
    }

    @Test
    @DisplayName("R35: a release that is repeated changes nothing more, and what is released is not committed")
    void afterRelease() {
        dailyArticles(10);
        Reservation reservation = hold(4);
        hold(2);

        reservation.release();
        reservation.release();

        assertThat(counter()).isEqualTo(new Counter(0, 2));
        assertSettled(ReservationState.RELEASED, reservation::commit);
        assertSettled(ReservationState.RELEASED, () -> reservation.commitAllowingMore(9));
        assertSettled(ReservationState.RELEASED, () -> reservation.extend(TTL));
        assertThat(counter()).isEqualTo(new Counter(0, 2));
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R34: a refused reservation holds nothing, tells why, and can neither be committed nor extended")
    void refused() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);

        Reservation reservation = quota.reserve(line(USER, ARTICLES, 3), TTL);

        assertThat(reservation.decision().reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(reservation.decision().granted()).isZero();
        assertThatThrownBy(reservation::orThrow).isInstanceOf(QuotaExceededException.class);
        assertThatThrownBy(reservation::commit)
                .isInstanceOfSatisfying(
                        QuotaExceededException.class,
                        exceeded -> assertThat(exceeded.decision()).isEqualTo(reservation.decision()));
        assertThatThrownBy(() -> reservation.commitAllowingMore(1)).isInstanceOf(QuotaExceededException.class);
        assertThatThrownBy(() -> reservation.extend(TTL)).isInstanceOf(QuotaExceededException.class);
        reservation.close();
        assertThat(quota.reservation(reservation.id())).isEmpty();
        assertThat(counter()).isEqualTo(new Counter(8, 0));
    }

    @Test
    @DisplayName("R34: who asks for more than is free is told HELD as long as holds are in the way, and until when")
    void heldOrExhausted() {
        dailyArticles(10);
        use(USER, ARTICLES, 3);
        quota.reserve(line(USER, ARTICLES, 4), Duration.ofMinutes(3));
        Reservation first = quota.reserve(line(USER, ARTICLES, 1), Duration.ofMinutes(1));
        quota.reserve(line(USER, ARTICLES, 1), Duration.ofMinutes(2));

        Decision held = use(USER, ARTICLES, 7);
        Decision exhausted = use(USER, ARTICLES, 8);

        assertThat(held.reason()).contains(RefusalReason.HELD);
        assertThat(held.heldUntil()).contains(NOON.plusSeconds(60));
        assertThat(exhausted.reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(exhausted.heldUntil()).isEmpty();
        first.release();
        assertThat(use(USER, ARTICLES, 7).heldUntil()).contains(NOON.plusSeconds(120));
        assertThat(quota.reserve(line(USER, ARTICLES, 7), TTL).decision().heldUntil())
                .contains(NOON.plusSeconds(120));
        setTime(NOON.plusSeconds(120));
        assertThat(use(USER, ARTICLES, 7).heldUntil()).contains(NOON.plusSeconds(180));
    }

    @Test
    @DisplayName("R31: a hold fires no alert, its commit does")
    void alertsAtTheCommit() {
        dailyArticles(10);
        Reservation reservation = hold(10);
        assertThat(fired(USER)).isEmpty();
        use(USER, ARTICLES, 1);

        reservation.commit(9);

        assertThat(fired(USER)).containsExactly(80);
        assertThat(alerts(USER)).extracting(Alert::used).containsExactly(9L);
        hold(1);
        assertThat(fired(USER)).containsExactly(80);
    }

    @Test
    @DisplayName("R34: what was promised is kept: a lower limit or a plan that is switched off does not undo a hold")
    void promiseIsKept() {
        Plan plan = dailyArticles(10);
        Reservation beforeTheCut = hold(6);
        Reservation beforeTheEnd = hold(4);

        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 5), BY_TEST);
        assertAllowed(beforeTheCut.commit());
        quota.plans().update(plan.withActive(false), BY_TEST);
        assertAllowed(beforeTheEnd.commit());

        assertThat(rows(USER)).extracting(UsageRecord::usedAfter).containsExactly(10L, 6L);
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R18: a reset takes back what is used and leaves what is held, which is committed as ever")
    void reset() {
        dailyArticles(10);
        Reservation reservation = hold(4);
        use(USER, ARTICLES, 3);

        quota.reset(USER, ARTICLES, BY_TEST);

        assertThat(counter()).isEqualTo(new Counter(0, 4));
        assertAllowed(reservation.commit());
        assertThat(counter()).isEqualTo(new Counter(4, 0));
    }
}
