package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R7–R10 and R13: a call that is made again. */
abstract class IdempotencyContract extends ContractGroup {
    IdempotencyContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private static void assertReplays(Decision original, Decision retry) {
        assertThat(retry.replayed()).as("replayed").isTrue();
        assertThat(retry.verdicts()).isEqualTo(original.verdicts());
        assertThat(retry.key()).isEqualTo(original.key());
        assertThat(original.replayed()).isFalse();
    }

    @Test
    @DisplayName("R7: at 100 % the retry of an accepted call gets the original decision, and is not counted again")
    void retryAtTheLimit() {
        dailyArticles(5);
        Decision original = useWithKey("k", USER, ARTICLES, 3);
        use(USER, ARTICLES, 2);

        Decision retry = useWithKey("k", USER, ARTICLES, 3);

        assertReplays(original, retry);
        assertThat(retry.used()).isEqualTo(3);
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
        assertThat(rows(USER)).hasSize(2);
    }

    @Test
    @DisplayName("R7: a call over several lines is replayed as a whole, in whatever order its lines come")
    void retryOfSeveralLines() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(PUBLISH, 5, ResetPeriod.DAILY));
        subscribe(USER, "free");
        Usage articles = line(USER, ARTICLES, 5).key("k");
        Usage publish = line(USER, PUBLISH, 2).key("k");

        Decision original = quota.checkAndRecordAll(List.of(articles, publish));

        assertReplays(original, quota.checkAndRecordAll(List.of(articles, publish)));
        assertReplays(original, quota.checkAndRecordAll(List.of(publish, articles)));
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
        assertThat(rows(USER)).hasSize(2);
    }

    @Test
    @DisplayName("R7: a retry after midnight gets the window of the original, and leaves the new one alone")
    void retryAfterMidnight() {
        dailyArticles(5);
        Decision original = useWithKey("k", USER, ARTICLES, 3);
        setTime(MIDNIGHT);

        Decision retry = useWithKey("k", USER, ARTICLES, 3);

        assertReplays(original, retry);
        assertThat(retry.resetsAt()).contains(MIDNIGHT);
        assertThat(used(USER, ARTICLES)).isZero();
    }

    @Test
    @DisplayName(
            "R7: a retry gets the original decision although the plan has changed, lost the feature, or is inactive")
    void retryAfterTheTermsChanged() {
        Plan free = dailyArticles(5);
        plan("tiny", feature(ARTICLES, 1, ResetPeriod.MONTHLY));
        plan("other", feature(PUBLISH, 1, ResetPeriod.DAILY));
        Decision original = useWithKey("k", USER, ARTICLES, 3);

        quota.plans().update(free.withActive(false), BY_TEST);
        assertReplays(original, useWithKey("k", USER, ARTICLES, 3));
        quota.subscriptions().changePlan(USER, "tiny", Start.NOW, BY_TEST);
        assertReplays(original, useWithKey("k", USER, ARTICLES, 3));
        quota.subscriptions().changePlan(USER, "other", Start.NOW, BY_TEST);
        assertReplays(original, useWithKey("k", USER, ARTICLES, 3));
    }

    @Test
    @DisplayName("R7: a retry fires no alert again")
    void retryFiresNothing() {
        dailyArticles(5);
        useWithKey("k", USER, ARTICLES, 5);

        useWithKey("k", USER, ARTICLES, 5);

        assertThat(fired(USER)).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R7: a retry from another node gets the same answer")
    void retryFromAnotherNode() {
        dailyArticles(5);
        Decision original = useWithKey("k", USER, ARTICLES, 5);

        Decision retry = guard(fixture.anotherNode())
                .checkAndRecord(Usage.of(USER, ARTICLES).amount(5).key("k"));

        assertReplays(original, retry);
    }

    @Test
    @DisplayName("R7: a retry may say other things about the use; the ledger keeps what was said first")
    void metadataIsNoPartOfTheRequest() {
        dailyArticles(5);
        Usage usage = Usage.of(USER, ARTICLES).key("k");
        quota.checkAndRecord(usage.with("attempt", "1"));

        assertThat(quota.checkAndRecord(usage.with("attempt", "2")).replayed()).isTrue();
        assertThat(rows(USER).get(0).metadata()).containsEntry("attempt", "1");
    }

    private void assertConflict(Runnable call, String key) {
        List<UsageRecord> before = rows(USER);
        assertThatThrownBy(call::run).isInstanceOfSatisfying(IdempotencyConflictException.class, conflict -> {
            assertThat(conflict.key()).isEqualTo(key);
            assertThat(conflict).hasMessageContaining(key).hasMessageContaining("R8");
        });
        assertThat(rows(USER)).isEqualTo(before);
    }

    @Test
    @DisplayName("R8: the same key with another amount is a conflict that changes nothing")
    void conflictOnAmount() {
        dailyArticles(5);
        useWithKey("k", USER, ARTICLES, 3);

        assertConflict(() -> useWithKey("k", USER, ARTICLES, 2), "k");
        assertConflict(() -> useWithKey("k", USER, ARTICLES, 99), "k");
    }

    @Test
    @DisplayName("R8: the same key for a reset of what it charged is a conflict, and the other way round")
    void conflictOnOperation() {
        dailyArticles(5);
        useWithKey("k", USER, ARTICLES, 3);
        quota.reset(USER, ARTICLES, BY_TEST.key("r"));
        use(USER, ARTICLES, 2);

        assertConflict(() -> quota.reset(USER, ARTICLES, BY_TEST.key("k")), "k");
        assertConflict(() -> useWithKey("r", USER, ARTICLES, 1), "r");
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
    }

    @Test
    @DisplayName("R8: the same key with more lines, fewer lines or other lines is a conflict that changes nothing")
    void conflictOnLines() {
        plan(
                "free",
                feature(ARTICLES, 9, ResetPeriod.DAILY),
                feature(PUBLISH, 9, ResetPeriod.DAILY),
                feature(KEYWORDS, 9, ResetPeriod.DAILY));
        subscribe(USER, "free");
        useWithKey("one", USER, ARTICLES, 1);
        Usage articles = line(USER, ARTICLES, 1);
        Usage publish = line(USER, PUBLISH, 1);
        quota.checkAndRecordAll(List.of(articles.key("two"), publish));

        assertConflict(() -> quota.checkAndRecordAll(List.of(articles.key("one"), publish)), "one");
        assertConflict(() -> quota.checkAndRecord(articles.key("two")), "two");
        assertConflict(() -> quota.checkAndRecord(publish.key("two")), "two");
        assertConflict(
                () -> quota.checkAndRecordAll(List.of(articles.key("two"), publish, line(USER, KEYWORDS, 1))), "two");
        assertConflict(() -> quota.checkAndRecordAll(List.of(articles.key("two"), line(USER, KEYWORDS, 1))), "two");
        assertThat(used(USER, KEYWORDS)).isZero();
    }

    @Test
    @DisplayName("R8: the same key on another feature or another subject is another call")
    void scopeOfAKey() {
        plan("free", feature(ARTICLES, 9, ResetPeriod.DAILY), feature(PUBLISH, 9, ResetPeriod.DAILY));
        subscribe(USER, "free");
        subscribe("user-43", "free");

        assertThat(useWithKey("k", USER, ARTICLES, 1).replayed()).isFalse();
        assertThat(useWithKey("k", USER, PUBLISH, 2).replayed()).isFalse();
        assertThat(useWithKey("k", "user-43", ARTICLES, 3).replayed()).isFalse();

        assertThat(used(USER, PUBLISH)).isEqualTo(2);
        assertThat(used("user-43", ARTICLES)).isEqualTo(3);
    }

    @Test
    @DisplayName("R9: a refusal is not pinned: after a reset, an upgrade or midnight its retry is decided afresh")
    void refusalIsNotPinned() {
        dailyArticles(5);
        plan("pro", feature(ARTICLES, 100, ResetPeriod.DAILY));
        use(USER, ARTICLES, 5);
        assertRefused(useWithKey("after-reset", USER, ARTICLES, 1));
        quota.reset(USER, ARTICLES, BY_TEST);
        Decision afterReset = useWithKey("after-reset", USER, ARTICLES, 1);
        use(USER, ARTICLES, 4);
        assertRefused(useWithKey("after-midnight", USER, ARTICLES, 1));
        setTime(MIDNIGHT);
        Decision afterMidnight = useWithKey("after-midnight", USER, ARTICLES, 1);
        assertRefused(useWithKey("after-upgrade", USER, ARTICLES, 50));
        subscribe(USER, "pro");
        Decision afterUpgrade = useWithKey("after-upgrade", USER, ARTICLES, 50);

        assertThat(List.of(afterReset, afterMidnight, afterUpgrade))
                .allSatisfy(ContractGroup::assertAllowed)
                .noneMatch(Decision::replayed);
    }

    @Test
    @DisplayName("R9: the key of a refusal is free for another request")
    void keyOfARefusalIsFree() {
        dailyArticles(5);

        assertRefused(useWithKey("k", USER, ARTICLES, 6));

        assertThat(useWithKey("k", USER, ARTICLES, 5).replayed()).isFalse();
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName("R10: a key is known for more than a month after its window has ended")
    void keyOutlivesItsWindow() {
        dailyArticles(5);
        Decision original = useWithKey("k", USER, ARTICLES, 5);

        for (int day = 1; day <= 34; day++) {
            advance(Duration.ofDays(1));
            use(USER, ARTICLES);
        }

        assertReplays(original, useWithKey("k", USER, ARTICLES, 5));
    }

    @Test
    @DisplayName("R13: a call without a key is a call of its own, and its decision carries the key that it got")
    void generatedKey() {
        dailyArticles(5);
        Decision first = use(USER, ARTICLES);
        Decision second = use(USER, ARTICLES);

        assertThat(first.key()).isNotBlank().isNotEqualTo(second.key());
        assertThat(rows(USER)).extracting(UsageRecord::key).containsExactly(second.key(), first.key());
        assertReplays(first, useWithKey(first.key(), USER, ARTICLES, 1));
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
    }

    @Test
    @DisplayName("R13: when the answer to a call without a key is lost, the guard's own retry counts it once")
    void generatedKeyMakesTheInternalRetrySafe() {
        dailyArticles(5);
        FaultyStore faulty = new FaultyStore(store);
        faulty.failNext(2, FaultyStore.Fault.REPLY_LOST);

        Decision decision = guard(faulty).checkAndRecord(USER, ARTICLES);

        assertAllowed(decision);
        assertThat(decision.used()).isEqualTo(1);
        assertThat(used(USER, ARTICLES)).isEqualTo(1);
        assertThat(rows(USER)).hasSize(1);
    }
}
