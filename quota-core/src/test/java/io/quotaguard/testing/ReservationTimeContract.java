package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.Reservation;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R35, R36 and R32: the exact end of a hold, the window that it belongs to, and work that is done within it. */
abstract class ReservationTimeContract extends ContractGroup {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Instant END = NOON.plus(TTL);
    private static final Window TODAY = new Window(Instant.parse("2026-03-10T00:00:00Z"), MIDNIGHT);

    ReservationTimeContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Reservation hold(long units) {
        return quota.reserve(line(USER, ARTICLES, units), TTL).orThrow();
    }

    @Test
    @DisplayName("R35: a microsecond before its end a hold refuses others, at its end it is free, though no job ran")
    void exactEnd() {
        dailyArticles(10);
        hold(10);

        setTime(END.minus(TICK));
        Decision before = use(USER, ARTICLES, 10);
        setTime(END);

        assertThat(before.reason()).contains(RefusalReason.HELD);
        assertThat(before.heldUntil()).contains(END);
        assertAllowed(use(USER, ARTICLES, 10));
    }

    @Test
    @DisplayName("R35: a read sees it as exactly as a charge does, and so does another hold")
    void exactEndForReads() {
        dailyArticles(10);
        hold(6);
        setTime(NOON.plusSeconds(1));
        hold(1);

        setTime(END.minus(TICK));
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(0, 7));
        assertRefused(quota.check(line(USER, ARTICLES, 4)));
        setTime(END);

        assertThat(quota.check(line(USER, ARTICLES, 9)).held()).isEqualTo(1);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(0, 1));
        assertThat(quota.check(line(USER, ARTICLES, 10)).heldUntil()).contains(END.plusSeconds(1));
        assertThat(hold(9).decision().held()).isEqualTo(10);
    }

    @Test
    @DisplayName(
            "R35: a microsecond before its end it is committed, at its end its commit is refused, and charges nothing")
    void lateCommit() {
        dailyArticles(10);
        Reservation inTime = hold(4);
        Reservation late = hold(3);
        setTime(END.minus(TICK));
        assertAllowed(inTime.commit());
        setTime(END);

        for (Decision refused : List.of(late.commit(), late.commit(1), late.commitAllowingMore(5))) {
            assertThat(refused.reason()).contains(RefusalReason.EXPIRED);
            assertThat(refused.granted()).isZero();
        }
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(4, 0));
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R35: what has expired is neither released nor extended, and closing it is no error")
    void afterTheEnd() {
        dailyArticles(10);
        Reservation reservation = hold(4);
        setTime(END);

        assertThatThrownBy(reservation::release)
                .isInstanceOfSatisfying(
                        ReservationSettledException.class,
                        settled -> assertThat(settled.state()).isEqualTo(ReservationState.EXPIRED));
        assertThatThrownBy(() -> reservation.extend(TTL)).isInstanceOf(ReservationSettledException.class);
        reservation.close();
        assertThat(counter(USER, ARTICLES)).isEqualTo(Counter.ZERO);
    }

    @Test
    @DisplayName("R35: what has expired and whose units others may have stays so when the clock goes back")
    void clockGoesBack() {
        dailyArticles(10);
        Reservation released = hold(4);
        Reservation committed = hold(3);
        Reservation extended = hold(2);
        setTime(END);
        assertAllowed(use(USER, ARTICLES, 10));
        setTime(NOON.plusSeconds(1));

        assertThatThrownBy(released::release).isInstanceOf(ReservationSettledException.class);
        assertThatThrownBy(() -> extended.extend(TTL)).isInstanceOf(ReservationSettledException.class);
        assertThat(committed.commit().reason()).contains(RefusalReason.EXPIRED);

        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(10, 0));
        assertRefused(use(USER, ARTICLES, 1));
    }

    @Test
    @DisplayName("R35: a repeated commit or release gives its answer also after the hold's time would have run out")
    void repeatedAfterTheEnd() {
        dailyArticles(10);
        Reservation committed = hold(4);
        Reservation released = hold(3);
        Decision first = committed.commit();
        released.release();
        setTime(END.plusSeconds(1));

        assertThat(committed.commit().verdicts()).isEqualTo(first.verdicts());
        released.release();
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(4, 0));
    }

    @Test
    @DisplayName("R34: its end is moved on from now, never to an earlier one, and is as exact as the first")
    void extend() {
        dailyArticles(10);
        Reservation reservation = hold(10);
        setTime(NOON.plusSeconds(60));

        assertThat(reservation.extend(Duration.ofMinutes(1))).isEqualTo(END);
        assertThat(reservation.extend(TTL)).isEqualTo(END.plusSeconds(60));
        assertThat(reservation.expiresAt()).isEqualTo(END.plusSeconds(60));
        setTime(END);
        assertThat(use(USER, ARTICLES).heldUntil()).contains(END.plusSeconds(60));
        setTime(END.plusSeconds(60).minus(TICK));
        assertRefused(use(USER, ARTICLES));
        setTime(END.plusSeconds(60));

        assertAllowed(use(USER, ARTICLES, 10));
        assertThat(reservation.commit().reason()).contains(RefusalReason.EXPIRED);
    }

    @Test
    @DisplayName("R34: when one of several is extended, the others end when they did")
    void extendOneOfSeveral() {
        dailyArticles(10);
        Reservation longer = hold(4);
        hold(6);
        longer.extend(TTL.multipliedBy(2));

        assertThat(use(USER, ARTICLES).heldUntil()).contains(END);
        setTime(END);

        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(0, 4));
        assertThat(use(USER, ARTICLES, 7).heldUntil()).contains(NOON.plus(TTL.multipliedBy(2)));
        assertAllowed(longer.commit());
    }

    @Test
    @DisplayName("R36: a commit after midnight lands in the window of its hold, and the new window is untouched")
    void commitAfterRollover() {
        dailyArticles(10);
        setTime(MIDNIGHT.minusSeconds(60));
        Reservation reservation = hold(8);
        setTime(MIDNIGHT);
        assertThat(counter(USER, ARTICLES)).isEqualTo(Counter.ZERO);
        use(USER, ARTICLES, 1);

        Decision decision = reservation.commit();

        assertThat(decision.window()).contains(TODAY);
        assertThat(decision.used()).isEqualTo(8);
        assertThat(rows(USER)).extracting(UsageRecord::window).first().isEqualTo(TODAY);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(1, 0));
        assertThat(reservation.commit().verdicts()).isEqualTo(decision.verdicts());
        assertAllowed(use(USER, ARTICLES, 9));
    }

    @Test
    @DisplayName("R32: it fires nothing in the closed window, and leaves the current window's alerts alone")
    void commitAfterRolloverFiresNothing() {
        dailyArticles(10);
        setTime(MIDNIGHT.minusSeconds(60));
        use(USER, ARTICLES, 2);
        Reservation reservation = hold(8);
        setTime(MIDNIGHT);
        use(USER, ARTICLES, 8);

        reservation.commit();
        assertThat(fired(USER)).containsExactly(80);
        use(USER, ARTICLES, 2);

        assertThat(fired(USER)).containsExactly(80, 95, 100);
        assertThat(alerts(USER))
                .allSatisfy(alert -> assertThat(alert.window().start()).isEqualTo(MIDNIGHT));
    }

    @Test
    @DisplayName("R36: more than was held is asked of the limit of the hold's own window, and released there too")
    void moreAfterRollover() {
        dailyArticles(10);
        setTime(MIDNIGHT.minusSeconds(60));
        Reservation full = hold(6);
        Reservation released = hold(2);
        use(USER, ARTICLES, 2);
        setTime(MIDNIGHT);

        assertThat(full.commitAllowingMore(7).reason()).contains(RefusalReason.HELD);
        released.release();
        assertAllowed(full.commitAllowingMore(8));

        assertThat(rows(USER)).extracting(UsageRecord::usedAfter).containsExactly(10L, 2L);
        assertThat(counter(USER, ARTICLES)).isEqualTo(Counter.ZERO);
    }

    @Test
    @DisplayName("R34: a time to live is positive, at least a microsecond, and at most thirty days")
    void timeToLive() {
        dailyArticles(10);

        for (Duration ttl : List.of(
                Duration.ZERO,
                Duration.ofNanos(999),
                Duration.ofSeconds(-1),
                Duration.ofDays(30).plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> quota.reserve(line(USER, ARTICLES, 1), ttl))
                    .as("%s", ttl)
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("R34");
        }
        Reservation shortest = quota.reserve(line(USER, ARTICLES, 1), TICK);
        Reservation longest = quota.reserve(line(USER, ARTICLES, 1), Duration.ofDays(30));
        assertThatThrownBy(() -> longest.extend(Duration.ZERO)).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThat(shortest.expiresAt()).isEqualTo(NOON.plus(TICK));
        assertThat(longest.expiresAt()).isEqualTo(NOON.plus(Duration.ofDays(30)));
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(0, 2));
    }

    @Test
    @DisplayName("R34: work that returns is charged, and its result handed back")
    void callCommits() throws Exception {
        dailyArticles(10);

        String result = quota.call(line(USER, ARTICLES, 4), () -> {
            assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(0, 4));
            return "article";
        });

        assertThat(result).isEqualTo("article");
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(4, 0));
    }

    @Test
    @DisplayName("R34: work that throws is not charged, be it an exception or an error, and what it threw comes out")
    void callReleases() {
        dailyArticles(10);
        IOException exception = new IOException("planned");
        AssertionError error = new AssertionError("planned");

        assertThatThrownBy(() -> quota.call(line(USER, ARTICLES, 4), TTL, () -> {
                    throw exception;
                }))
                .isSameAs(exception);
        assertThatThrownBy(() -> quota.call(line(USER, ARTICLES, 4), TTL, () -> {
                    throw error;
                }))
                .isSameAs(error);

        assertThat(counter(USER, ARTICLES)).isEqualTo(Counter.ZERO);
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R35: work that takes longer than its time is not charged, and the caller is told that it expired")
    void callThatTakesTooLong() {
        dailyArticles(10);

        assertThatThrownBy(() -> quota.call(line(USER, ARTICLES, 4), TTL, () -> {
                    setTime(END);
                    return "too late";
                }))
                .isInstanceOfSatisfying(
                        QuotaExceededException.class,
                        exceeded -> assertThat(exceeded.decision().reason()).contains(RefusalReason.EXPIRED));

        assertThat(counter(USER, ARTICLES)).isEqualTo(Counter.ZERO);
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R34: work for which there is no room is not begun")
    void callWithoutRoom() {
        dailyArticles(3);
        AtomicBoolean begun = new AtomicBoolean();

        assertThatThrownBy(() -> quota.call(line(USER, ARTICLES, 4), () -> begun.getAndSet(true)))
                .isInstanceOf(QuotaExceededException.class);

        assertThat(begun).isFalse();
    }
}
