package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.Reservation;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Overage;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R1, R2 and R7: a use that takes what is left. */
abstract class UpToContract extends CrowdGroup {
    private static final String TEAM = "team-7";

    UpToContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Decision upTo(long units) {
        return quota.checkAndRecordUpTo(line(USER, ARTICLES, units));
    }

    @Test
    @DisplayName("R1: it takes all that it asks for where there is room, else what is left, and says how many units")
    void takesWhatIsLeft() {
        dailyArticles(10);

        assertThat(upTo(6).granted()).isEqualTo(6);
        Decision rest = upTo(6);

        assertThat(rest.granted()).isEqualTo(4);
        assertThat(rest.use().amount()).isEqualTo(4);
        assertThat(rest.used()).isEqualTo(10);
        assertThat(rows(USER)).extracting(UsageRecord::amount).containsExactly(4L, 6L);
        assertThat(rows(USER)).extracting(UsageRecord::operation).containsOnly(UsageRecord.Operation.RECORD);
        assertThat(fired(USER)).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R2: with nothing left it is refused, changes nothing, and leaves its key free")
    void nothingLeft() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);

        Decision refused = quota.checkAndRecordUpTo(line(USER, ARTICLES, 3).key("k"));

        assertThat(refused.reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(refused.granted()).isZero();
        assertThat(refused.use().amount()).as("what was asked for").isEqualTo(3);
        assertThat(rows(USER)).hasSize(1);
        quota.reset(USER, ARTICLES, BY_TEST);
        assertThat(quota.checkAndRecordUpTo(line(USER, ARTICLES, 3).key("k")).granted())
                .isEqualTo(3);
    }

    @Test
    @DisplayName("R7: a retry gets the units of the first time, however many there would be now")
    void retry() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);
        Decision first = quota.checkAndRecordUpTo(line(USER, ARTICLES, 5).key("k"));
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 100), BY_TEST);

        Decision again = quota.checkAndRecordUpTo(line(USER, ARTICLES, 5).key("k"));

        assertThat(first.granted()).isEqualTo(2);
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(used(USER, ARTICLES)).isEqualTo(10);
    }

    @Test
    @DisplayName("R8: its key with another amount, or for a use of as much as it got, is a conflict")
    void conflicts() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);
        quota.checkAndRecordUpTo(line(USER, ARTICLES, 5).key("k"));

        assertThatThrownBy(
                        () -> quota.checkAndRecordUpTo(line(USER, ARTICLES, 2).key("k")))
                .isInstanceOf(IdempotencyConflictException.class);
        assertThatThrownBy(() -> useWithKey("k", USER, ARTICLES, 2)).isInstanceOf(IdempotencyConflictException.class);
        assertThatThrownBy(() -> useWithKey("k", USER, ARTICLES, 5)).isInstanceOf(IdempotencyConflictException.class);
    }

    @Test
    @DisplayName("R4: without a limit it gets all, on a limit of zero nothing, and without the feature nothing")
    void unlimitedZeroAndAbsent() {
        plan("free", feature(ARTICLES, -1, ResetPeriod.DAILY), feature(PUBLISH, 0, ResetPeriod.DAILY));
        subscribe(USER, "free");

        assertThat(upTo(1_000_000).granted()).isEqualTo(1_000_000);
        assertThat(quota.checkAndRecordUpTo(line(USER, PUBLISH, 3)).reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(quota.checkAndRecordUpTo(line(USER, KEYWORDS, 3)).reason()).contains(RefusalReason.NO_FEATURE);
        assertThatThrownBy(() -> upTo(Units.MAX))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R6");
        assertThat(used(USER, ARTICLES)).isEqualTo(1_000_000);
    }

    @Test
    @DisplayName(
            "R41: with overage it gets what the overage leaves, and all of it when that is soft; what is above is marked")
    void overage() {
        plan(
                "free",
                feature(ARTICLES, 10, ResetPeriod.DAILY).overage(Overage.upTo(5)),
                feature(PUBLISH, 10, ResetPeriod.DAILY).overage(Overage.SOFT));
        subscribe(USER, "free");

        Decision bounded = upTo(100);
        Decision soft = quota.checkAndRecordUpTo(line(USER, PUBLISH, 100));

        assertThat(bounded.granted()).isEqualTo(15);
        assertThat(bounded.overage()).isEqualTo(5);
        assertThat(soft.granted()).isEqualTo(100);
        assertThat(soft.overage()).isEqualTo(90);
    }

    @Test
    @DisplayName("R38: it takes what grants leave as well, and the row says how much came from them")
    void grants() {
        dailyArticles(10);
        long id = quota.grants().give(Grant.of(USER, ARTICLES, 5), BY_TEST).id();

        assertThat(upTo(100).granted()).isEqualTo(15);

        assertThat(rows(USER).get(0).grants()).isEqualTo(Map.of(id, 5L));
    }

    @Test
    @DisplayName("R34: it leaves alone what others hold, and is told HELD when that is all there is")
    void holdsInTheWay() {
        dailyArticles(10);
        Reservation reservation =
                quota.reserve(line(USER, ARTICLES, 7), Duration.ofMinutes(5)).orThrow();

        assertThat(upTo(5).granted()).isEqualTo(3);
        Decision held = upTo(5);
        reservation.release();

        assertThat(held.reason()).contains(RefusalReason.HELD);
        assertThat(held.heldUntil()).contains(NOON.plusSeconds(300));
        assertThat(upTo(9).granted()).isEqualTo(7);
    }

    @Test
    @DisplayName("R40: it takes as many units as every level has room for")
    void everyLevel() {
        plan("team", feature(ARTICLES, 10, ResetPeriod.DAILY));
        subscribe(TEAM, "team");
        quota.pools().join(USER, TEAM, BY_TEST);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 8), BY_TEST);
        use(TEAM, ARTICLES, 3);

        assertThat(upTo(100).granted()).isEqualTo(7);
        Decision refused = upTo(100);

        assertThat(refused.refused()).extracting(Verdict::subject).containsExactly(TEAM);
        assertThat(used(USER, ARTICLES)).isEqualTo(7);
        assertThat(used(TEAM, ARTICLES)).isEqualTo(10);
        quota.reset(TEAM, ARTICLES, BY_TEST);
        assertThat(upTo(100).granted()).isEqualTo(1);
    }

    @Test
    @DisplayName("R1: many that race from many nodes get exactly the limit between them")
    void racing() {
        dailyArticles(200);
        LongAdder granted = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 10; n++) {
                granted.add(node.checkAndRecordUpTo(line(USER, ARTICLES, 1 + (thread + n) % 7))
                        .granted());
            }
        });

        assertThat(granted.sum()).isEqualTo(200);
        assertThat(used(USER, ARTICLES)).isEqualTo(200);
        assertThat(rows(USER)).allMatch(row -> row.amount() > 0 && row.usedAfter() <= 200);
    }
}
