package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R7, R8, R34 and R40: what the key of a hold stands for, who can go on with it, and where it is to be seen. */
abstract class ReservationScopeContract extends ContractGroup {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String TEAM = "team-7";
    private static final String ORGANISATION = "organisation-1";

    ReservationScopeContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Reservation hold(long units) {
        return quota.reserve(line(USER, ARTICLES, units), TTL).orThrow();
    }

    private Reservation holdWithKey(String key, long units) {
        return quota.reserve(line(USER, ARTICLES, units).key(key), TTL);
    }

    @Test
    @DisplayName("R7: a retry with its key is the same reservation with the same answer and end, and holds once")
    void retry() {
        dailyArticles(10);
        Reservation first = holdWithKey("k", 4);
        use(USER, ARTICLES, 6);
        setTime(NOON.plusSeconds(60));

        Reservation again = holdWithKey("k", 4);

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.expiresAt()).isEqualTo(first.expiresAt());
        assertThat(again.decision().replayed()).isTrue();
        assertThat(again.decision().granted()).isEqualTo(4);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(6, 4));
        assertAllowed(again.commit());
        assertThat(first.commit().replayed()).isTrue();
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(10, 0));
    }

    @Test
    @DisplayName("R7: a retry after the reservation has ended is that reservation, and holds nothing anew")
    void retryAfterTheEnd() {
        dailyArticles(10);
        Decision committed = holdWithKey("committed", 4).commit();
        holdWithKey("released", 3).release();
        holdWithKey("expired", 2);
        setTime(NOON.plus(TTL));

        assertThat(holdWithKey("committed", 4).commit().verdicts()).isEqualTo(committed.verdicts());
        Reservation released = holdWithKey("released", 3);
        Reservation expired = holdWithKey("expired", 2);

        assertThatThrownBy(released::commit).isInstanceOf(ReservationSettledException.class);
        assertThat(expired.commit().reason()).contains(RefusalReason.EXPIRED);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(4, 0));
    }

    @Test
    @DisplayName("R8: its key with another amount or for another operation is a conflict that changes nothing")
    void conflicts() {
        dailyArticles(100);
        holdWithKey("held", 4);
        holdWithKey("committed", 4).commit();
        useWithKey("used", USER, ARTICLES, 4);
        quota.reset(USER, ARTICLES, BY_TEST.key("reset"));
        List<Runnable> calls = List.of(
                () -> holdWithKey("held", 5),
                () -> useWithKey("held", USER, ARTICLES, 4),
                () -> quota.checkAndRecordUpTo(line(USER, ARTICLES, 4).key("held")),
                () -> useWithKey("committed", USER, ARTICLES, 4),
                () -> holdWithKey("committed", 3),
                () -> holdWithKey("used", 4),
                () -> holdWithKey("reset", 4));
        List<UsageRecord> before = rows(USER);

        for (Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(IdempotencyConflictException.class);
        }

        assertThat(rows(USER)).isEqualTo(before);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(0, 4));
    }

    @Test
    @DisplayName("R9: a refused hold leaves its key free, and a retry is decided afresh")
    void refusalIsNotPinned() {
        dailyArticles(10);
        Reservation inTheWay = hold(8);
        assertRefused(holdWithKey("k", 4).decision());
        inTheWay.release();

        Reservation retry = holdWithKey("k", 4);

        assertThat(retry.decision().replayed()).isFalse();
        assertAllowed(retry.commit());
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(4, 0));
    }

    @Test
    @DisplayName("R34: another node goes on with it by its id: it extends and commits what was held here")
    void anotherNode() {
        dailyArticles(10);
        Reservation here = quota.reserve(line(USER, ARTICLES, 4).key("k").with("job", "nightly"), TTL);
        QuotaGuard node = guard(fixture.anotherNode());

        Reservation there = node.reservation(here.id()).orElseThrow();
        assertThat(there.id()).isEqualTo(here.id());
        assertThat(there.expiresAt()).isEqualTo(here.expiresAt());
        assertThat(there.decision().granted()).isEqualTo(4);
        assertThat(there.decision().key()).isEqualTo("k");
        setTime(NOON.plusSeconds(60));
        assertThat(there.extend(TTL)).isEqualTo(NOON.plus(TTL).plusSeconds(60));
        Decision committed = there.commit();

        assertThat(here.commit().verdicts()).isEqualTo(committed.verdicts());
        assertThat(rows(USER)).singleElement().satisfies(row -> {
            assertThat(row.key()).isEqualTo("k");
            assertThat(row.metadata()).containsOnly(Map.entry("job", "nightly"));
        });
        assertThat(node.reservation(here.id()).orElseThrow().commit().replayed())
                .isTrue();
    }

    @Test
    @DisplayName("R34: what was released here is found there, and cannot be committed; so is what has expired")
    void anotherNodeAfterTheEnd() {
        dailyArticles(10);
        QuotaGuard node = guard(fixture.anotherNode());
        Reservation released = hold(4);
        Reservation expired = hold(4);
        released.release();
        setTime(NOON.plus(TTL));

        assertThatThrownBy(() -> node.reservation(released.id()).orElseThrow().commit())
                .isInstanceOf(ReservationSettledException.class);
        assertThat(node.reservation(expired.id()).orElseThrow().commit().reason())
                .contains(RefusalReason.EXPIRED);
    }

    @Test
    @DisplayName("R34: an id that no reservation has finds none, and what is no id is an error")
    void unknownId() {
        dailyArticles(10);
        useWithKey("used", USER, ARTICLES, 1);

        assertThat(quota.reservation(UUID.randomUUID().toString())).isEmpty();
        assertThatThrownBy(() -> quota.reservation("no-id"))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("no-id")
                .hasMessageContaining("R34");
    }

    @Test
    @DisplayName("R42: what is only held, or was released, or expired, is in no row, sum or rate")
    void heldIsNowhereInTheLedger() {
        dailyArticles(100);
        hold(4);
        hold(3).release();
        quota.reserve(line(USER, ARTICLES, 2), TICK);
        advance(TICK);
        LocalDate today = LocalDate.parse("2026-03-10");
        StatisticsQuery statistics = StatisticsQuery.daily(USER, today, today);

        assertThat(rows(USER)).isEmpty();
        assertThat(quota.usage().statistics(statistics)).isEmpty();
        assertThat(quota.usage().top(ARTICLES, LONG_AGO, MIDNIGHT, 10)).isEmpty();
        assertThat(quota.usage().forecast(USER, ARTICLES).orElseThrow().used()).isZero();
        hold(6).commit(5);

        assertThat(quota.usage().statistics(statistics)).singleElement().satisfies(day -> {
            assertThat(day.units()).isEqualTo(5);
            assertThat(day.uses()).isEqualTo(1);
        });
        assertThat(quota.usage().forecast(USER, ARTICLES).orElseThrow().used()).isEqualTo(5);
    }

    private void threeLevels() {
        plan("team", feature(ARTICLES, 20, ResetPeriod.DAILY));
        plan("organisation", feature(ARTICLES, 30, ResetPeriod.DAILY));
        subscribe(TEAM, "team");
        subscribe(ORGANISATION, "organisation");
        quota.pools().join(USER, TEAM, BY_TEST);
        quota.pools().join(TEAM, ORGANISATION, BY_TEST);
    }

    private void assertLevels(Counter counter) {
        for (String level : List.of(USER, TEAM, ORGANISATION)) {
            assertThat(counter(level, ARTICLES)).as(level).isEqualTo(counter);
        }
    }

    @Test
    @DisplayName("R40: a member's hold is held at every level, committed at every level, and freed at every level")
    void everyLevel() {
        threeLevels();
        Reservation committed = hold(4);
        Reservation released = hold(3);
        assertLevels(new Counter(0, 7));

        assertAllowed(committed.commit(3));
        assertLevels(new Counter(3, 3));
        released.release();
        assertLevels(new Counter(3, 0));
        hold(17);
        assertThat(use(TEAM, ARTICLES).reason()).contains(RefusalReason.HELD);
        setTime(NOON.plus(TTL));

        assertLevels(new Counter(3, 0));
        assertAllowed(use(TEAM, ARTICLES, 17));
    }

    @Test
    @DisplayName("R40: a hold that one level has no room for holds nothing at any")
    void noRoomAtOneLevel() {
        threeLevels();
        use(ORGANISATION, ARTICLES, 28);

        Reservation refused = quota.reserve(line(USER, ARTICLES, 3), TTL);

        assertThat(refused.decision().refused()).extracting(Verdict::subject).containsExactly(ORGANISATION);
        assertThat(counter(USER, ARTICLES)).isEqualTo(Counter.ZERO);
        assertThat(counter(TEAM, ARTICLES)).isEqualTo(Counter.ZERO);
        assertThat(counter(ORGANISATION, ARTICLES)).isEqualTo(new Counter(28, 0));
    }

    @Test
    @DisplayName("R36: a hold of a member that has moved since is committed, and freed, where it was held")
    void movedMember() {
        threeLevels();
        subscribe("team-8", "team");
        Reservation committed = hold(4);
        Reservation released = hold(3);
        quota.pools().join(USER, "team-8", BY_TEST);

        assertAllowed(committed.commit());
        guard(fixture.anotherNode()).reservation(released.id()).orElseThrow().release();

        assertLevels(new Counter(4, 0));
        assertThat(counter("team-8", ARTICLES)).isEqualTo(Counter.ZERO);
    }
}
