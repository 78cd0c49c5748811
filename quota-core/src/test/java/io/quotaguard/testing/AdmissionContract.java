package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Decision;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.Usage;
import io.quotaguard.model.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R1–R3 and R6: what is admitted, and that a refusal changes nothing. */
abstract class AdmissionContract extends ContractGroup {
    AdmissionContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 100})
    @DisplayName("R1: exactly the limit passes, one unit at a time")
    void exactlyTheLimitPasses(long limit) {
        dailyArticles(limit);

        for (long n = 1; n <= limit; n++) {
            assertThat(use(USER, ARTICLES).remaining()).hasValue(limit - n);
        }
        assertRefused(use(USER, ARTICLES));

        assertThat(used(USER, ARTICLES)).isEqualTo(limit);
        assertThat(rows(USER)).hasSize((int) limit);
    }

    @Test
    @DisplayName("R1: an amount passes when it fits to the unit, and not when it is one too many")
    void amountsFitToTheUnit() {
        dailyArticles(10);

        assertAllowed(use(USER, ARTICLES, 7));
        assertRefused(use(USER, ARTICLES, 4));
        assertAllowed(use(USER, ARTICLES, 3));
        assertRefused(use(USER, ARTICLES, 1));

        assertThat(used(USER, ARTICLES)).isEqualTo(10);
    }

    @Test
    @DisplayName("R1: checking says what recording would, and changes nothing")
    void checkingChangesNothing() {
        dailyArticles(2);
        use(USER, ARTICLES);

        assertThat(quota.check(USER, ARTICLES).remaining()).hasValue(1);
        assertAllowed(quota.check(USER, ARTICLES));
        assertRefused(quota.check(line(USER, ARTICLES, 2)));
        use(USER, ARTICLES);
        assertRefused(quota.check(USER, ARTICLES));

        assertThat(used(USER, ARTICLES)).isEqualTo(2);
        assertThat(rows(USER)).hasSize(2);
    }

    @Test
    @DisplayName("R2: a refusal leaves no usage, no ledger row, no alert and nothing on other features")
    void refusalChangesNothing() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(PUBLISH, 5, ResetPeriod.DAILY));
        subscribe(USER, "free");
        use(USER, ARTICLES, 3);

        Decision refused = use(USER, ARTICLES, 3);

        assertRefused(refused);
        assertThat(refused.reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
        assertThat(used(USER, PUBLISH)).isZero();
        assertThat(rows(USER)).hasSize(1);
        assertThat(alerts(USER)).isEmpty();
    }

    @Test
    @DisplayName("R2: a refusal that is the first call of a window leaves no trace of the window")
    void refusalOfTheFirstCallLeavesNoTrace() {
        dailyArticles(5);

        assertRefused(use(USER, ARTICLES, 6));

        assertThat(used(USER, ARTICLES)).isZero();
        assertThat(rows(USER)).isEmpty();
        assertAllowed(use(USER, ARTICLES, 5));
    }

    @Test
    @DisplayName("R3: several lines pass together: a user's features, and the user's team")
    void severalLinesPassTogether() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(PUBLISH, 5, ResetPeriod.MONTHLY));
        subscribe(USER, "free");
        subscribe("team-7", "free");

        Decision decision = quota.checkAndRecordAll(
                List.of(line(USER, ARTICLES, 1), line(USER, PUBLISH, 2), line("team-7", ARTICLES, 3)));

        assertAllowed(decision);
        assertThat(decision.verdicts()).extracting(Verdict::amount).containsExactly(3L, 2L, 1L);
        assertThat(used(USER, ARTICLES)).isEqualTo(1);
        assertThat(used(USER, PUBLISH)).isEqualTo(2);
        assertThat(used("team-7", ARTICLES)).isEqualTo(3);
    }

    @Test
    @DisplayName("R3: one line that does not fit keeps all from being charged")
    void oneLineThatDoesNotFitKeepsAllFromBeingCharged() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(PUBLISH, 1, ResetPeriod.DAILY));
        subscribe(USER, "free");

        Decision decision = quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 5), line(USER, PUBLISH, 2)));

        assertRefused(decision);
        assertThat(decision.feature()).isEqualTo(PUBLISH);
        assertThat(decision.refused()).extracting(Verdict::feature).containsExactly(PUBLISH);
        assertThat(rows(USER)).isEmpty();
        assertThat(alerts(USER)).isEmpty();
        assertThat(used(USER, ARTICLES)).isZero();
    }

    @Test
    @DisplayName("R3: a refusal names every line that refused, tightest first")
    void refusalNamesEveryLineTightestFirst() {
        plan(
                "free",
                feature(ARTICLES, 9, ResetPeriod.DAILY),
                feature(PUBLISH, 4, ResetPeriod.DAILY),
                feature(KEYWORDS, 100, ResetPeriod.DAILY));
        subscribe(USER, "free");
        use(USER, ARTICLES, 2);

        Decision decision = quota.checkAndRecordAll(
                List.of(line(USER, ARTICLES, 8), line(USER, PUBLISH, 5), line(USER, KEYWORDS, 100)));

        assertThat(decision.refused()).extracting(Verdict::feature).containsExactly(PUBLISH, ARTICLES);
        assertThat(decision.verdicts()).extracting(Verdict::feature).containsExactly(PUBLISH, ARTICLES, KEYWORDS);
        assertThat(decision.verdicts().get(1).remaining()).hasValue(7);
        assertThatThrownBy(decision::orThrow)
                .isInstanceOf(QuotaExceededException.class)
                .hasMessageContaining(PUBLISH)
                .hasMessageContaining(ARTICLES);
    }

    @Test
    @DisplayName("R3: a call names each subject's feature once, and at most a hundred of them")
    void callNamesEachFeatureOnce() {
        dailyArticles(5);
        List<Usage> many = new ArrayList<>();
        for (int n = 0; n <= 100; n++) {
            many.add(line("user-" + n, ARTICLES, 1));
        }

        assertThatThrownBy(() -> quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 1), line(USER, ARTICLES, 2))))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(ARTICLES)
                .hasMessageContaining("R3");
        assertThatThrownBy(() -> quota.checkAndRecordAll(many))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("101");
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R6: an amount above the limit is a refusal, even the largest amount there is")
    void amountAboveTheLimitIsARefusal() {
        dailyArticles(10);
        use(USER, ARTICLES, 5);

        assertRefused(use(USER, ARTICLES, 11));
        assertRefused(use(USER, ARTICLES, Units.MAX));
        assertRefused(quota.check(line(USER, ARTICLES, Units.MAX)));

        assertThat(used(USER, ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName("R6: the largest limit holds to the last unit")
    void largestLimitHoldsToTheLastUnit() {
        dailyArticles(Units.MAX);

        assertThat(use(USER, ARTICLES, Units.MAX - 1).remaining()).hasValue(1);
        assertRefused(use(USER, ARTICLES, 2));
        assertThat(use(USER, ARTICLES, 1).remaining()).hasValue(0);
        assertRefused(use(USER, ARTICLES, 1));

        assertThat(used(USER, ARTICLES)).isEqualTo(Units.MAX);
    }

    @Test
    @DisplayName("R6: a sum beyond 2^53 - 1 is an error that changes nothing, on no line and under no key")
    void overflowChangesNothing() {
        plan("all", feature(PUBLISH, -1, ResetPeriod.DAILY), feature(ARTICLES, 5, ResetPeriod.DAILY));
        subscribe(USER, "all");
        use(USER, PUBLISH, Units.MAX);

        assertThatThrownBy(() ->
                        quota.checkAndRecordAll(List.of(line(USER, PUBLISH, 1).key("k"), line(USER, ARTICLES, 1))))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R6");

        assertThat(used(USER, PUBLISH)).isEqualTo(Units.MAX);
        assertThat(used(USER, ARTICLES)).isZero();
        assertThat(rows(USER)).hasSize(1);
        assertThat(useWithKey("k", USER, ARTICLES, 2).replayed()).isFalse();
    }

    @Test
    @DisplayName("R6: beside a line that refuses, a sum beyond 2^53 - 1 is a refusal like any other")
    void refusalComesBeforeOverflow() {
        plan("all", feature(ARTICLES, -1, ResetPeriod.DAILY), feature(PUBLISH, 5, ResetPeriod.DAILY));
        subscribe(USER, "all");
        use(USER, ARTICLES, Units.MAX);

        Decision decision = quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 1), line(USER, PUBLISH, 6)));

        assertThat(decision.refused()).extracting(Verdict::feature).containsExactly(PUBLISH);
    }
}
