package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Alert;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R42 at a store that another one decides in front of: what is posted, and which keys are known. */
abstract class DecidedContract extends ContractGroup {
    private static final Instant EARLIER = NOON.minusSeconds(90);

    DecidedContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private BackingStore backing() {
        return (BackingStore) store;
    }

    private Line resolved(String feature, long amount) {
        return resolved(USER, feature, amount);
    }

    private static Command recording(String key, Line... lines) {
        return new Command(Operation.RECORD, key, List.of(lines), Map.of("job", "nightly"));
    }

    private List<Outcome> post(Instant at, Command... commands) {
        List<Decided> decided = new ArrayList<>();
        for (Command command : commands) {
            decided.add(new Decided(command, at));
        }
        return backing().post(decided, deadline());
    }

    private static Outcome.Accepted accepted(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        return (Outcome.Accepted) outcome;
    }

    @Test
    @DisplayName("R42: what was decided in front of the store is charged as any use, and dated to its decision")
    void decidedIsCharged() {
        dailyArticles(5);

        Outcome posted = post(EARLIER, recording("k", resolved(ARTICLES, 3))).get(0);

        assertThat(accepted(posted).replayed()).isFalse();
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
        UsageRecord row = rows(USER).get(0);
        assertThat(row.recordedAt()).isEqualTo(EARLIER);
        assertThat(row.operation()).isEqualTo(UsageRecord.Operation.RECORD);
        assertThat(row.degraded()).isFalse();
        assertThat(row.key()).isEqualTo("k");
        assertThat(row.usedAfter()).isEqualTo(3);
        assertThat(row.metadata()).containsEntry("job", "nightly");
    }

    @Test
    @DisplayName("R42: what was decided is charged whatever limit, catalog and window are by now")
    void decidedIsNotVerifiedAgain() {
        dailyArticles(5);
        Line line = resolved(ARTICLES, 4);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 1), BY_TEST);
        Instant at = fixture.clock().instant();
        setTime(MIDNIGHT.plusSeconds(1));

        accepted(post(at, recording("k", line)).get(0));

        assertThat(rows(USER)).extracting(UsageRecord::amount).containsExactly(4L);
        assertThat(rows(USER).get(0).window().end()).isEqualTo(MIDNIGHT);
        assertThat(used(USER, ARTICLES)).isZero();
    }

    @Test
    @DisplayName("R7: what is posted twice counts once, also within one list")
    void postedTwiceCountsOnce() {
        dailyArticles(9);
        Command command = recording("k", resolved(ARTICLES, 2));

        List<Outcome> twins = post(EARLIER, command, command);
        Outcome again = post(NOON, command).get(0);

        assertThat(accepted(twins.get(0)).replayed()).isFalse();
        assertThat(accepted(twins.get(1)).replayed()).isTrue();
        assertThat(accepted(again).replayed()).isTrue();
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R8: a key that stands for another request is a conflict, and the rest of the list is posted")
    void conflictLeavesTheRestAlone() {
        dailyArticles(9);
        useWithKey("taken", USER, ARTICLES, 1);

        List<Outcome> outcomes = post(
                EARLIER,
                recording("a", resolved(ARTICLES, 1)),
                recording("taken", resolved(ARTICLES, 2)),
                recording("b", resolved(ARTICLES, 1)));

        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Conflict.class);
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
    }

    @Test
    @DisplayName("R7: a retry of what was posted is answered as it was decided")
    void retryIsAnsweredFromThePost() {
        dailyArticles(5);
        post(EARLIER, recording("k", resolved(ARTICLES, 3)));

        assertThat(useWithKey("k", USER, ARTICLES, 3).replayed()).isTrue();
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
    }

    @Test
    @DisplayName("R28: posts fire the thresholds that they reach, at the instants of their decisions")
    void postsFire() {
        dailyArticles(10);

        List<Outcome> outcomes =
                post(EARLIER, recording("a", resolved(ARTICLES, 8)), recording("b", resolved(ARTICLES, 2)));

        assertThat(accepted(outcomes.get(0)).alerts())
                .extracting(Alert::threshold)
                .containsExactly(80);
        assertThat(accepted(outcomes.get(1)).alerts())
                .extracting(Alert::threshold)
                .containsExactly(95, 100);
        assertThat(alerts(USER)).extracting(Alert::threshold).containsExactly(80, 95, 100);
        assertThat(alerts(USER)).allSatisfy(alert -> assertThat(alert.firedAt()).isEqualTo(EARLIER));
        assertThat(accepted(outcomes.get(0)).alerts().get(0).firedAt()).isEqualTo(EARLIER);
    }

    @Test
    @DisplayName("R32: a threshold reached within the window fires also when the window has ended before the post")
    void thresholdReachedInTimeFires() {
        dailyArticles(10);
        Line line = resolved(ARTICLES, 8);
        setTime(MIDNIGHT.plusSeconds(1));

        post(MIDNIGHT.minus(TICK), recording("in time", line));
        post(MIDNIGHT, recording("late", line.withAmount(2)));

        assertThat(fired(USER)).containsExactly(80);
    }

    @Test
    @DisplayName("R3: the lines of one use are posted together")
    void linesArePostedTogether() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(PUBLISH, 5, ResetPeriod.DAILY));
        subscribe(USER, "free");

        accepted(post(EARLIER, recording("k", resolved(ARTICLES, 1), resolved(PUBLISH, 2)))
                .get(0));

        assertThat(used(USER, ARTICLES)).isEqualTo(1);
        assertThat(used(USER, PUBLISH)).isEqualTo(2);
    }

    @Test
    @DisplayName("R7: a key is known by whatever it was left behind")
    void keysAreKnown() {
        dailyArticles(9);
        useWithKey("used", USER, ARTICLES, 1);
        post(EARLIER, recording("posted", resolved(ARTICLES, 1)));
        quota.reserve(Usage.of(USER, ARTICLES).key("held"), Duration.ofMinutes(5));

        assertThat(knows("used")).isTrue();
        assertThat(knows("posted")).isTrue();
        assertThat(knows("held")).isTrue();
        assertThat(knows("new")).isFalse();
    }

    private boolean knows(String key) {
        return backing().remembers(recording(key, resolved(ARTICLES, 1)), deadline());
    }

    @Test
    @DisplayName("R42: nothing but plain uses is decided in front of the store that keeps the ledger")
    void onlyUsesAreDecidedElsewhere() {
        dailyArticles(9);
        Command reset =
                new Command(Operation.RESET, "r", List.of(resolved(ARTICLES, 1).withAmount(0)), Map.of());

        assertThatThrownBy(() -> new Decided(reset, EARLIER))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("RESET");
    }
}
