package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.Reservation;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R37, with R12, R29 and R32: taking back some of an earlier use. */
abstract class CorrectionContract extends CrowdGroup {
    CorrectionContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Decision correct(Correction correction) {
        return quota.usage().correct(correction, BY_TEST);
    }

    private static Correction.Use use(String key) {
        return Correction.ofKey(USER, ARTICLES, key);
    }

    private void assertInvalid(String words, Runnable call) {
        List<UsageRecord> before = rows(USER);
        assertThatThrownBy(call::run)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("R37");
        assertThat(rows(USER)).isEqualTo(before);
    }

    @Test
    @DisplayName("R37: a correction by key leaves what it says of the use, by a new row that refers to the original")
    void byKey() {
        dailyArticles(20);
        useWithKey("k", USER, ARTICLES, 10);
        use(USER, ARTICLES, 5);
        UsageRecord original = rows(USER).get(1);
        setTime(NOON.plusSeconds(60));

        Decision decision = quota.usage()
                .correct(use("k").to(4), BY_TEST.because("3 failed").key("c"));

        assertThat(decision.granted()).isEqualTo(6);
        assertThat(decision.used()).isEqualTo(9);
        assertThat(decision.remaining()).hasValue(11);
        assertThat(counter(USER, ARTICLES)).isEqualTo(new Counter(9, 0));
        assertThat(rows(USER)).hasSize(3).contains(original).first().satisfies(row -> {
            assertThat(row.operation()).isEqualTo(UsageRecord.Operation.CORRECT);
            assertThat(row.amount()).isEqualTo(-6);
            assertThat(row.usedAfter()).isEqualTo(9);
            assertThat(row.corrects()).isEqualTo(original.id());
            assertThat(row.window()).isEqualTo(original.window());
            assertThat(row.key()).isEqualTo("c");
            assertThat(row.metadata())
                    .containsOnly(Map.entry("actor", BY_TEST.actor()), Map.entry("reason", "3 failed"));
            assertThat(row.recordedAt()).isEqualTo(NOON.plusSeconds(60));
        });
    }

    @Test
    @DisplayName("R37: a correction by the number of the row takes back so many units, and those are free again")
    void byRow() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        long row = rows(USER).get(0).id();

        assertThat(correct(Correction.ofRow(row).by(3)).granted()).isEqualTo(3);

        assertThat(rows(USER).get(0).corrects()).isEqualTo(row);
        assertAllowed(use(USER, ARTICLES, 3));
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R37: several corrections add up, and never to more than the original")
    void severalCorrections() {
        dailyArticles(20);
        useWithKey("k", USER, ARTICLES, 10);

        assertInvalid("11", () -> correct(use("k").by(11)));
        assertInvalid("11", () -> correct(use("k").to(11)));
        correct(use("k").by(2));
        correct(use("k").by(3));
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
        assertInvalid("6", () -> correct(use("k").by(6)));
        assertInvalid("6", () -> correct(use("k").to(6)));
        assertThat(correct(use("k").to(1)).granted()).isEqualTo(4);
        assertThat(correct(use("k").to(1)).granted()).isZero();
        assertThat(correct(use("k").to(0)).granted()).isEqualTo(1);
        assertInvalid("1", () -> correct(use("k").by(1)));

        assertThat(used(USER, ARTICLES)).isZero();
        assertThat(rows(USER).stream().mapToLong(UsageRecord::amount).sum()).isZero();
    }

    @Test
    @DisplayName(
            "R12: a correction that comes again with its key is the same, also when nothing more is left to take back")
    void again() {
        dailyArticles(20);
        useWithKey("k", USER, ARTICLES, 10);
        Change once = BY_TEST.key("c");
        Decision first = quota.usage().correct(use("k").by(7), once);
        use(USER, ARTICLES, 2);

        Decision again = quota.usage().correct(use("k").by(7), once);

        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName("R8: the key of a correction with other units, of another use, or of a use is a conflict")
    void conflicts() {
        dailyArticles(50);
        useWithKey("k", USER, ARTICLES, 10);
        useWithKey("other", USER, ARTICLES, 10);
        quota.usage().correct(use("k").by(2), BY_TEST.key("c"));
        List<Runnable> calls = List.of(
                () -> quota.usage().correct(use("k").by(3), BY_TEST.key("c")),
                () -> quota.usage().correct(use("k").to(2), BY_TEST.key("c")),
                () -> quota.usage().correct(use("other").by(2), BY_TEST.key("c")),
                () -> quota.usage().correct(use("k").by(10), BY_TEST.key("other")),
                () -> useWithKey("c", USER, ARTICLES, 2));

        for (Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(IdempotencyConflictException.class);
        }

        assertThat(used(USER, ARTICLES)).isEqualTo(18);
        assertThat(rows(USER)).hasSize(3);
    }

    @Test
    @DisplayName("R29: the refund of a failed publish re-arms, fires nothing itself, and the next crossing fires anew")
    void rearms() {
        dailyArticles(10);
        useWithKey("k", USER, ARTICLES, 10);
        assertThat(fired(USER)).containsExactly(80, 95, 100);

        correct(use("k").to(9));
        assertThat(fired(USER)).hasSize(3);
        use(USER, ARTICLES, 1);
        assertThat(fired(USER)).as("80 was not left").containsExactly(80, 95, 100, 95, 100);
        correct(use("k").to(0));
        assertThat(fired(USER)).hasSize(5);
        use(USER, ARTICLES, 7);

        assertThat(fired(USER)).containsExactly(80, 95, 100, 95, 100, 80);
        assertThat(alerts(USER))
                .extracting(Alert::generation)
                .last()
                .isNotEqualTo(alerts(USER).get(0).generation());
    }

    @Test
    @DisplayName("R32: a correction in a closed window is of that window, and leaves the current one alone")
    void closedWindow() {
        dailyArticles(10);
        useWithKey("yesterday", USER, ARTICLES, 8);
        Window yesterday = rows(USER).get(0).window();
        setTime(MIDNIGHT.plusSeconds(60));
        use(USER, ARTICLES, 8);

        Decision decision = correct(use("yesterday").to(1));

        assertThat(decision.window()).contains(yesterday);
        assertThat(decision.used()).isEqualTo(1);
        assertThat(rows(USER).get(0).window()).isEqualTo(yesterday);
        assertThat(used(USER, ARTICLES)).isEqualTo(8);
        use(USER, ARTICLES, 1);
        assertThat(fired(USER)).as("neither window was re-armed").containsExactly(80, 80);
        assertInvalid("2", () -> correct(use("yesterday").by(2)));
    }

    @Test
    @DisplayName("R37: what was held is corrected by the key of its hold once it is committed, and not before")
    void committedHold() {
        dailyArticles(20);
        Reservation reservation = quota.reserve(line(USER, ARTICLES, 10).key("k"), Duration.ofMinutes(5));
        assertInvalid("k", () -> correct(use("k").to(0)));
        reservation.commit(8);
        long row = rows(USER).get(0).id();

        assertThat(correct(use("k").to(5)).granted()).isEqualTo(3);
        assertThat(correct(Correction.ofRow(row).by(2)).granted()).isEqualTo(2);

        assertThat(used(USER, ARTICLES)).isEqualTo(3);
        assertThat(rows(USER)).extracting(UsageRecord::corrects).containsExactly(row, row, null);
        assertThat(reservation.commit(8).replayed()).isTrue();
    }

    @Test
    @DisplayName("R37: what a reset took back is not taken back again, and a use after it is corrected as ever")
    void afterAReset() {
        dailyArticles(20);
        useWithKey("before", USER, ARTICLES, 10);
        correct(use("before").by(1));
        quota.reset(USER, ARTICLES, BY_TEST);
        useWithKey("after", USER, ARTICLES, 6);

        assertThat(correct(use("before").to(0)).granted()).isZero();
        assertThat(used(USER, ARTICLES)).isEqualTo(6);
        assertThat(correct(use("after").to(2)).granted()).isEqualTo(4);

        assertThat(used(USER, ARTICLES)).isEqualTo(2);
    }

    @Test
    @DisplayName("R37: it concerns one use of a call over several, and nobody else's")
    void oneUseOfSeveral() {
        dailyArticles(20);
        subscribe("user-43", "free");
        quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 5).key("k"), line("user-43", ARTICLES, 5)));
        useWithKey("mine", "user-43", ARTICLES, 1);

        correct(use("k").to(2));

        assertThat(used(USER, ARTICLES)).isEqualTo(2);
        assertThat(used("user-43", ARTICLES)).isEqualTo(6);
        assertInvalid("mine", () -> correct(use("mine").to(0)));
    }

    @Test
    @DisplayName("R37: what is no use cannot be corrected: an unknown key or row, a correction, a reset")
    void noUse() {
        dailyArticles(20);
        useWithKey("k", USER, ARTICLES, 5);
        quota.usage().correct(use("k").by(1), BY_TEST.key("c"));
        long correction = rows(USER).get(0).id();
        quota.reset(USER, ARTICLES, BY_TEST.key("r"));
        long reset = rows(USER).get(0).id();

        assertInvalid("nope", () -> correct(use("nope").to(0)));
        assertInvalid("c", () -> correct(use("c").to(0)));
        assertInvalid("r", () -> correct(use("r").to(0)));
        assertInvalid("CORRECT", () -> correct(Correction.ofRow(correction).by(1)));
        assertInvalid("RESET", () -> correct(Correction.ofRow(reset).to(0)));
        assertInvalid(
                "9007199254740000",
                () -> correct(Correction.ofRow(9_007_199_254_740_000L).to(0)));
        assertInvalid("-1", () -> correct(Correction.ofRow(-1).to(0)));
    }

    @Test
    @DisplayName("R37: a refund needs no plan: it is given when the plan is switched off, or another one counts")
    void withoutAPlan() {
        Plan plan = dailyArticles(20);
        useWithKey("k", USER, ARTICLES, 10);
        plan("other");
        subscribe(USER, "other");
        assertThat(correct(use("k").by(2)).granted()).isEqualTo(2);
        subscribe(USER, "free");
        quota.plans().update(plan.withActive(false), BY_TEST);

        assertThat(correct(use("k").by(3)).granted()).isEqualTo(3);

        quota.plans().update(quota.plans().get("free").orElseThrow().withActive(true), BY_TEST);
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName("R37: corrections that race never take back more than the original, and each is one row")
    void racing() {
        dailyArticles(100);
        useWithKey("k", USER, ARTICLES, 20);
        use(USER, ARTICLES, 30);
        LongAdder takenBack = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 5; n++) {
                try {
                    takenBack.add(node.usage()
                            .correct(use("k").by(1 + n % 2), BY_TEST)
                            .granted());
                } catch (InvalidQuotaArgumentException e) {
                    assertThat(e).hasMessageContaining("R37");
                }
            }
        });

        assertThat(takenBack.sum()).isEqualTo(20);
        assertThat(used(USER, ARTICLES)).isEqualTo(30);
        assertThat(rows(USER).stream()
                        .filter(row -> row.corrects() != null)
                        .mapToLong(UsageRecord::amount)
                        .sum())
                .isEqualTo(-20);
    }
}
