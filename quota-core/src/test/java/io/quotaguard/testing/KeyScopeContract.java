package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageRecord;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R8 and R9: what a key stands for, and what leaves it free. */
abstract class KeyScopeContract extends ContractGroup {
    KeyScopeContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
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
}
