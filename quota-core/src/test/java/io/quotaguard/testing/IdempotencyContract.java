package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Decision;
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

/** R7, R10 and R13: a call that is made again. */
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
        assertThat(decision.replayed())
                .as("for the caller this is the first answer")
                .isFalse();
        assertThat(decision.used()).isEqualTo(1);
        assertThat(used(USER, ARTICLES)).isEqualTo(1);
        assertThat(rows(USER)).hasSize(1);
    }
}
