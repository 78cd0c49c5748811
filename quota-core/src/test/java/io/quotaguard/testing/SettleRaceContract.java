package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R35 and R1 under many threads and several nodes: one hold that all want to end, and many holds for the last units. */
abstract class SettleRaceContract extends CrowdGroup {
    private static final int ROUNDS = 25;
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String TEAM = "team-7";

    SettleRaceContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    /** What the threads of one round were told. */
    private static final class Told {
        final Set<ReservationState> states = ConcurrentHashMap.newKeySet();
        final Set<List<Verdict>> charged = ConcurrentHashMap.newKeySet();
        final AtomicInteger first = new AtomicInteger();

        void commit(Reservation reservation, long units) {
            settle(() -> {
                Decision decision = reservation.commit(units);
                if (decision.allowed()) {
                    states.add(ReservationState.COMMITTED);
                    charged.add(decision.verdicts());
                    first.addAndGet(decision.replayed() ? 0 : 1);
                } else {
                    assertThat(decision.reason()).contains(RefusalReason.EXPIRED);
                    states.add(ReservationState.EXPIRED);
                }
            });
        }

        void release(Reservation reservation) {
            settle(() -> {
                reservation.release();
                states.add(ReservationState.RELEASED);
            });
        }

        void settle(Runnable way) {
            try {
                way.run();
            } catch (ReservationSettledException e) {
                states.add(e.state());
            }
        }
    }

    /** Lets all threads end one hold of four units in every way, another way first in each round; what they were told. */
    private Told race(Reservation reservation, int round) {
        Told told = new Told();
        Instant end = reservation.expiresAt();
        onAllThreads((thread, node) -> {
            Reservation mine = node.reservation(reservation.id()).orElseThrow();
            switch ((thread + round) % 5) {
                case 0 -> told.commit(mine, 4);
                case 1 -> told.commit(mine, 3);
                case 2 -> told.release(mine);
                case 3 -> told.settle(() -> mine.extend(TTL.multipliedBy(2)));
                default -> setTime(end);
            }
            told.commit(mine, 4);
            told.release(mine);
        });
        return told;
    }

    @Test
    @DisplayName(
            "R35: commits, releases, extensions and the end that race for one hold leave one end, the same for all")
    void oneEnd() {
        dailyArticles(1000);
        long used = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Reservation reservation =
                    quota.reserve(line(USER, ARTICLES, 4), TTL).orThrow();

            Told told = race(reservation, round);

            assertThat(told.states).as("round %d", round).hasSize(1);
            boolean committed = told.states.contains(ReservationState.COMMITTED);
            assertThat(told.charged).as("answers of round %d", round).hasSize(committed ? 1 : 0);
            assertThat(told.first).as("first answers of round %d", round).hasValue(committed ? 1 : 0);
            used += told.charged.stream()
                    .mapToLong(verdicts -> verdicts.get(0).amount())
                    .sum();
            assertThat(counter(USER, ARTICLES)).as("round %d", round).isEqualTo(new Counter(used, 0));
        }
        assertThat(rows(USER).stream().mapToLong(UsageRecord::amount).sum()).isEqualTo(used);
    }

    @Test
    @DisplayName("R40: a hold of several levels ends at all of them in the same way")
    void oneEndAtEveryLevel() {
        plan("team", feature(ARTICLES, 1000, ResetPeriod.DAILY));
        subscribe(TEAM, "team");
        quota.pools().join(USER, TEAM, BY_TEST);

        for (int round = 0; round < ROUNDS; round++) {
            Told told = race(quota.reserve(line(USER, ARTICLES, 4), TTL).orThrow(), round);

            assertThat(told.states).as("round %d", round).hasSize(1);
            assertThat(counter(TEAM, ARTICLES)).as("round %d", round).isEqualTo(counter(USER, ARTICLES));
            assertThat(counter(TEAM, ARTICLES).held()).as("round %d", round).isZero();
        }
    }

    @Test
    @DisplayName("R7: retries of one hold from many nodes hold once, and all of them can commit it, once")
    void oneHold() {
        dailyArticles(1000);

        for (int round = 0; round < ROUNDS; round++) {
            String key = "key-" + round;
            Told told = new Told();
            Set<String> ids = ConcurrentHashMap.newKeySet();
            onAllThreads((thread, node) -> {
                Reservation mine =
                        node.reserve(line(USER, ARTICLES, 4).key(key), TTL).orThrow();
                ids.add(mine.id());
                told.commit(mine, 4);
            });

            assertThat(ids).hasSize(1);
            assertThat(told.first).hasValue(1);
            assertThat(told.charged).hasSize(1);
        }
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(4 * ROUNDS, 0));
        assertThat(rows(USER)).hasSize(ROUNDS);
    }

    @Test
    @DisplayName(
            "R1: holds, commits, releases, ends and uses that race for the last units never come to more than the limit")
    void lastUnits() {
        dailyArticles(50);
        LongAdder charged = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 30; n++) {
                charged.add(oneOfMany(node, thread, n));
            }
        });
        advance(TTL.multipliedBy(2));

        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(charged.sum(), 0));
        assertThat(rows(USER).stream().mapToLong(UsageRecord::amount).sum()).isEqualTo(charged.sum());
        assertThat(rows(USER)).allMatch(row -> row.usedAfter() <= 50);
    }

    /** Holds some units and ends the hold in one way or another, or uses one; returns the units charged. */
    private long oneOfMany(QuotaGuard node, int thread, int n) {
        long units = 1L + (thread + n) % 3;
        if (n % 10 == 9) {
            return within(node.checkAndRecord(USER, ARTICLES)).granted();
        }
        Reservation reservation = node.reserve(line(USER, ARTICLES, units), TTL);
        if (!within(reservation.decision()).allowed()) {
            return 0;
        }
        switch ((thread + n) % 8) {
            case 0 -> {
                return within(reservation.commit()).granted();
            }
            case 1 -> {
                return within(reservation.commitAllowingMore(units + 1)).granted();
            }
            case 2 -> {
                // Left to its end, which comes when another thread moves the clock.
                return 0;
            }
            case 3 -> setTime(NOON.plus(TTL));
            default -> {
                // Only closed.
            }
        }
        reservation.close();
        return 0;
    }

    private static Decision within(Decision decision) {
        assertThat(decision.used() + decision.held())
                .as("taken, by %s", decision)
                .isLessThanOrEqualTo(50);
        return decision;
    }

    @Test
    @DisplayName(
            "R34: of holds that all want more than they have, as many get it as there is room, and none loses its own")
    void moreThanHeld() {
        dailyArticles(40);
        List<Reservation> holds = java.util.stream.IntStream.range(0, THREADS)
                .mapToObj(n -> quota.reserve(line(USER, ARTICLES, 1), TTL).orThrow())
                .toList();
        AtomicInteger more = new AtomicInteger();

        onAllThreads((thread, node) -> {
            Reservation mine = node.reservation(holds.get(thread).id()).orElseThrow();
            if (mine.commitAllowingMore(6).allowed()) {
                more.incrementAndGet();
            } else {
                assertAllowed(mine.commit());
            }
        });

        assertThat(more).hasValue(4);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(4 * 6 + 12, 0));
    }
}
