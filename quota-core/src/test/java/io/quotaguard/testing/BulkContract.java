package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageResult;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R11: many independent uses at once, each by itself. */
abstract class BulkContract extends CrowdGroup {
    BulkContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private static Usage keyed(String key, long units) {
        return line(USER, ARTICLES, units).key(key);
    }

    @Test
    @DisplayName("R11: each use has its own outcome, in the order of the list, and a refused one harms no other")
    void ownOutcomes() {
        dailyArticles(5);
        List<Usage> usages = List.of(
                line(USER, ARTICLES, 3),
                line(USER, ARTICLES, 4),
                line(USER, PUBLISH, 1),
                line("nobody", ARTICLES, 1),
                line(USER, ARTICLES, 2),
                line(USER, ARTICLES, 1));

        List<UsageResult> results = quota.checkAndRecordEach(usages);

        assertThat(results).extracting(UsageResult::usage).isEqualTo(usages);
        assertThat(results).extracting(UsageResult::allowed).containsExactly(true, false, false, false, true, false);
        assertThat(results)
                .extracting(result -> result.orThrow().reason().orElse(null))
                .containsExactly(
                        null,
                        RefusalReason.EXHAUSTED,
                        RefusalReason.NO_FEATURE,
                        RefusalReason.NO_PLAN,
                        null,
                        RefusalReason.EXHAUSTED);
        assertThat(results.get(4).orThrow().used()).isEqualTo(5);
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
        assertThat(quota.checkAndRecordEach(List.of())).isEmpty();
    }

    @Test
    @DisplayName("R11: what repeats a key, of the list or from before, is reported as its replay and counted once")
    void duplicates() {
        dailyArticles(10);
        useWithKey("before", USER, ARTICLES, 2);

        List<UsageResult> results = quota.checkAndRecordEach(
                List.of(keyed("a", 3), keyed("before", 2), keyed("a", 3), line(USER, ARTICLES, 1), keyed("a", 3)));

        assertThat(results).allMatch(UsageResult::allowed);
        assertThat(results)
                .extracting(result -> result.orThrow().replayed())
                .containsExactly(false, true, true, false, true);
        assertThat(results.get(4).orThrow().verdicts())
                .isEqualTo(results.get(0).orThrow().verdicts());
        assertThat(used(USER, ARTICLES)).isEqualTo(6);
        assertThat(rows(USER)).hasSize(3);
    }

    @Test
    @DisplayName("R11: a key used for another request fails its own item, and no other")
    void conflicts() {
        dailyArticles(10);

        List<UsageResult> results =
                quota.checkAndRecordEach(List.of(keyed("a", 3), keyed("a", 4), keyed("b", 2), keyed("a", 3)));

        assertThat(results).extracting(UsageResult::allowed).containsExactly(true, false, true, true);
        assertThat(results.get(1).decision()).isNull();
        assertThat(results.get(1).failure())
                .isInstanceOfSatisfying(
                        IdempotencyConflictException.class,
                        conflict -> assertThat(conflict.key()).isEqualTo("a"));
        assertThatThrownBy(results.get(1)::orThrow).isSameAs(results.get(1).failure());
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName("R11: what cannot be carried out fails by itself: a sum beyond the largest among others that are fine")
    void failureOfOne() {
        plan(
                "wild",
                feature(ARTICLES, -1, ResetPeriod.NEVER),
                feature(KEYWORDS, -1, ResetPeriod.NEVER).drawing(1_000_000, ARTICLES));
        subscribe(USER, "wild");

        List<UsageResult> results = quota.checkAndRecordEach(List.of(
                line(USER, ARTICLES, 1),
                line(USER, ARTICLES, Units.MAX),
                line(USER, KEYWORDS, Units.MAX),
                line(USER, ARTICLES, 2)));

        assertThat(results).extracting(UsageResult::allowed).containsExactly(true, false, false, true);
        for (UsageResult failed : results.subList(1, 3)) {
            assertThat(failed.failure())
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("R6");
        }
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
        assertThat(used(USER, KEYWORDS)).isZero();
    }

    /** Counts the round trips of commands, and how many commands each had. */
    private static final class CountingStore extends DelegatingStore {
        final List<Integer> trips = Collections.synchronizedList(new ArrayList<>());

        CountingStore(StoreFixture fixture) {
            super(fixture.store());
        }

        @Override
        public List<Outcome> execute(List<Command> commands, Deadline deadline) {
            trips.add(commands.size());
            return super.execute(commands, deadline);
        }
    }

    @Test
    @DisplayName("R11: 1,200 uses of many subjects take three round trips, and each is decided in its turn")
    void manyInFewRoundTrips() {
        plan("free", feature(ARTICLES, 11, ResetPeriod.DAILY));
        quota.plans().setDefault("free", BY_TEST);
        CountingStore counting = new CountingStore(fixture);
        QuotaGuard guard = guard(counting);
        List<Usage> usages = new ArrayList<>();
        for (int n = 0; n < 1_200; n++) {
            usages.add(line("user-" + n % 100, ARTICLES, 1));
        }

        List<UsageResult> results = guard.checkAndRecordEach(usages);

        assertThat(counting.trips).containsExactly(500, 500, 200);
        assertThat(results).hasSize(1_200);
        assertThat(results.subList(0, 1_100)).allMatch(UsageResult::allowed);
        assertThat(results.subList(1_100, 1_200)).noneMatch(UsageResult::allowed);
        assertThat(used("user-42", ARTICLES)).isEqualTo(11);
        assertThat(results.get(542).orThrow().used()).isEqualTo(6);
    }

    @Test
    @DisplayName("R45: more than 10,000 uses, or a gap in the list, is an error before anything is charged")
    void tooMany() {
        dailyArticles(100);
        CountingStore counting = new CountingStore(fixture);
        QuotaGuard guard = guard(counting);

        assertThatThrownBy(() ->
                        guard.checkAndRecordEach(Collections.nCopies(QuotaGuard.MAX_EACH + 1, line(USER, ARTICLES, 1))))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("10001")
                .hasMessageContaining("R45");

        assertThat(counting.trips).isEmpty();
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R25: a plan that changed on another node is learned once for the whole list, and decides all of it")
    void learnedOnce() {
        dailyArticles(100);
        CountingStore counting = new CountingStore(fixture);
        QuotaGuard guard = guard(counting);
        guard.check(USER, ARTICLES);
        quota.plans().update(editedTo(7), BY_TEST);
        counting.trips.clear();

        List<UsageResult> results = guard.checkAndRecordEach(Collections.nCopies(20, line(USER, ARTICLES, 1)));

        assertThat(results.stream().filter(UsageResult::allowed)).hasSize(7);
        assertThat(counting.trips).hasSizeLessThanOrEqualTo(2);
        assertThat(used(USER, ARTICLES)).isEqualTo(7);
    }

    @Test
    @DisplayName("R1: lists that race from many nodes never come to more than the limit, each key counted once")
    void racing() {
        dailyArticles(100);
        LongAdder first = new LongAdder();
        AtomicInteger replays = new AtomicInteger();

        onAllThreads((thread, node) -> {
            List<Usage> usages = new ArrayList<>();
            for (int n = 0; n < 30; n++) {
                usages.add(n % 3 == 0 ? keyed("shared-" + n, 1) : line(USER, ARTICLES, 1));
            }
            Collections.rotate(usages, thread);
            for (UsageResult result : node.checkAndRecordEach(usages)) {
                boolean replayed = result.orThrow().replayed();
                first.add(replayed ? 0 : result.orThrow().granted());
                replays.addAndGet(replayed ? 1 : 0);
            }
        });

        assertThat(first.sum()).isEqualTo(100);
        assertThat(used(USER, ARTICLES)).isEqualTo(100);
        assertThat(rows(USER)).hasSize(100);
        assertThat(replays).hasPositiveValue();
    }
}
