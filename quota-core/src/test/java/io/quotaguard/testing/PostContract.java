package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R32 and R43 at the store: a use that was allowed without it, and is posted later. */
abstract class PostContract extends ContractGroup {
    PostContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Line resolved(long amount) {
        return resolved(USER, ARTICLES, amount);
    }

    private Outcome execute(Operation operation, String key, Line line) {
        return store.execute(List.of(new Command(operation, key, List.of(line), Map.of())), deadline())
                .get(0);
    }

    private static boolean replayed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        return ((Outcome.Accepted) outcome).replayed();
    }

    @Test
    @DisplayName("R43: a posted use is counted beyond the limit, and its row is marked")
    void postIsCountedBeyondTheLimit() {
        dailyArticles(5);
        use(USER, ARTICLES, 5);

        assertThat(replayed(execute(Operation.POST, "p", resolved(3)))).isFalse();

        assertThat(used(USER, ARTICLES)).isEqualTo(8);
        assertThat(rows(USER)).extracting(UsageRecord::degraded).containsExactly(true, false);
        assertThat(rows(USER).get(0).operation()).isEqualTo(UsageRecord.Operation.RECORD);
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R43: a posted use is counted whatever became of its terms, in the window in which it was allowed")
    void postIsCountedInItsWindow() {
        dailyArticles(5);
        Line line = resolved(3);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 1), BY_TEST);
        setTime(MIDNIGHT.plusSeconds(600));

        assertThat(replayed(execute(Operation.POST, "p", line))).isFalse();

        assertThat(rows(USER).get(0).window()).isEqualTo(new Window(Instant.parse("2026-03-10T00:00:00Z"), MIDNIGHT));
        assertThat(used(USER, ARTICLES)).isZero();
    }

    @Test
    @DisplayName("R43: a post and the record that it stands for are one use under one key, whichever comes first")
    void postAndRecordAreOneUse() {
        dailyArticles(5);

        assertThat(replayed(execute(Operation.RECORD, "answer-lost", resolved(2))))
                .isFalse();
        assertThat(replayed(execute(Operation.POST, "answer-lost", resolved(2))))
                .isTrue();
        assertThat(replayed(execute(Operation.POST, "retried-later", resolved(1))))
                .isFalse();
        assertThat(replayed(execute(Operation.RECORD, "retried-later", resolved(1))))
                .isTrue();
        assertThat(replayed(execute(Operation.POST, "retried-later", resolved(1))))
                .isTrue();
        assertThat(execute(Operation.POST, "retried-later", resolved(2))).isInstanceOf(Outcome.Conflict.class);

        assertThat(used(USER, ARTICLES)).isEqualTo(3);
    }

    @Test
    @DisplayName("R32: a late entry into a closed window fires nothing, and leaves the current window's alerts alone")
    void lateEntryLeavesAlertsAlone() {
        dailyArticles(5);
        use(USER, ARTICLES, 3);
        Line late = resolved(2);
        setTime(MIDNIGHT);
        use(USER, ARTICLES, 4);

        execute(Operation.POST, "late", late);
        assertThat(fired(USER)).containsExactly(80);
        use(USER, ARTICLES, 1);

        assertThat(fired(USER)).containsExactly(80, 95, 100);
        assertThat(alerts(USER))
                .allSatisfy(alert -> assertThat(alert.window().start()).isEqualTo(MIDNIGHT));
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName("R26: a post into the current window fires what it reaches")
    void postFiresInItsOwnWindow() {
        dailyArticles(10);

        execute(Operation.POST, "p", resolved(8));

        assertThat(fired(USER)).containsExactly(80);
    }
}
