package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Outcome.Stale.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What {@code QuotaStore.execute} owes the guard: the order of its checks, and commands that do not disturb each other. */
abstract class CommandContract extends ContractGroup {
    CommandContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private static Command command(Operation operation, String key, Line... lines) {
        return new Command(operation, key, List.of(lines), Map.of());
    }

    private List<Outcome> execute(Command... commands) {
        return store.execute(List.of(commands), deadline());
    }

    private Outcome record(String key, Line... lines) {
        return execute(command(Operation.RECORD, key, lines)).get(0);
    }

    private void assertStale(Outcome outcome, Cause cause) {
        assertThat(outcome)
                .isEqualTo(new Outcome.Stale(USER, cause, fixture.clock().instant()));
    }

    @Test
    @DisplayName("R7: the key comes first: before stale terms, an ended window, and the limit")
    void keyComesFirst() {
        dailyArticles(5);
        Line line = resolved(USER, ARTICLES, 5);
        Outcome.Accepted original = (Outcome.Accepted) record("k", line);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 1), BY_TEST);
        setTime(MIDNIGHT);

        assertThat(record("k", line)).isEqualTo(new Outcome.Accepted(original.verdicts(), true, List.of()));
        assertThat(record("k", new Line(USER, ARTICLES, 4, line.terms())))
                .isEqualTo(new Outcome.Conflict(USER, ARTICLES));
    }

    @Test
    @DisplayName("R19: a window that is not the store's is stale, with the store's time")
    void windowThatIsNotTheStores() {
        dailyArticles(5);
        Line line = resolved(USER, ARTICLES, 1);
        setTime(MIDNIGHT.minusNanos(1000));
        assertThat(record("last", line)).isInstanceOf(Outcome.Accepted.class);
        setTime(MIDNIGHT);

        assertStale(record("late", line), Cause.CLOCK);
        assertStale(execute(command(Operation.CHECK, "check", line)).get(0), Cause.CLOCK);
        assertStale(
                execute(command(Operation.RESET, "reset", new Line(USER, ARTICLES, 0, line.terms())))
                        .get(0),
                Cause.CLOCK);
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R24: terms end at their exact instant")
    void termsEndAtTheirInstant() {
        dailyArticles(5);
        Instant end = NOON.plusSeconds(60);
        quota.subscriptions()
                .override(FeatureOverride.ofLimit(USER, ARTICLES, 9).until(end), BY_TEST);
        Line line = resolved(USER, ARTICLES, 1);
        setTime(end.minusNanos(1000));
        assertThat(record("before", line)).isInstanceOf(Outcome.Accepted.class);
        setTime(end);

        assertStale(record("at", line), Cause.CLOCK);
    }

    @Test
    @DisplayName(
            "R25: terms of another revision are stale before they are judged, be it the subject's, the plan's or the default's")
    void termsOfAnotherRevision() {
        dailyArticles(5);
        Line mine = resolved(USER, ARTICLES, 99);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 100), BY_TEST);
        assertStale(record("subject", mine), Cause.CATALOG);

        Line followed = resolved(USER, ARTICLES, 99);
        quota.plans().update(quota.plans().get("free").orElseThrow(), BY_TEST);
        assertStale(record("plan", followed), Cause.CATALOG);

        Line guest = resolved("guest", ARTICLES, 1);
        quota.plans().setDefault("free", BY_TEST);
        assertThat(record("default", guest))
                .isInstanceOfSatisfying(
                        Outcome.Stale.class, stale -> assertThat(stale.cause()).isEqualTo(Cause.CATALOG));
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R25: one stale line makes the whole command stale, and none of it happens")
    void oneStaleLine() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY));
        subscribe(USER, "free");
        subscribe("a-team", "free");
        Line stale = resolved(USER, ARTICLES, 1);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 9), BY_TEST);

        assertStale(record("k", resolved("a-team", ARTICLES, 1), stale), Cause.CATALOG);
        assertThat(rows("a-team")).isEmpty();
    }

    @Test
    @DisplayName("R3: the verdicts come one per line, in the order of the lines")
    void verdictsInTheOrderOfTheLines() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(PUBLISH, 1, ResetPeriod.DAILY));
        subscribe(USER, "free");

        Outcome refused = record("k", resolved(USER, PUBLISH, 2), resolved(USER, ARTICLES, 1));
        Outcome accepted = record("k", resolved(USER, PUBLISH, 1), resolved(USER, ARTICLES, 1));

        assertThat(refused).isInstanceOfSatisfying(Outcome.Refused.class, outcome -> {
            assertThat(outcome.verdicts()).extracting(Verdict::feature).containsExactly(ARTICLES, PUBLISH);
            assertThat(outcome.verdicts().get(0).refusal()).isNull();
            assertThat(outcome.verdicts().get(1).refusal()).isEqualTo(RefusalReason.EXHAUSTED);
        });
        assertThat(accepted)
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        outcome -> assertThat(outcome.verdicts())
                                .extracting(verdict -> verdict.counter().used())
                                .containsExactly(1L, 1L));
    }

    @Test
    @DisplayName("R11: of a list of independent commands each is answered in its place, as if one came after the other")
    void commandsComeOneAfterTheOther() {
        dailyArticles(2);
        Line one = resolved(USER, ARTICLES, 1);

        List<Outcome> outcomes = execute(
                command(Operation.RECORD, "a", one),
                command(Operation.CHECK, "c", one),
                command(Operation.RECORD, "b", one),
                command(Operation.RECORD, "d", one),
                command(Operation.RESET, "r", new Line(USER, ARTICLES, 0, one.terms())),
                command(Operation.RECORD, "e", one));

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(3)).isInstanceOf(Outcome.Refused.class);
        assertThat(outcomes.get(4)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(5)).isInstanceOf(Outcome.Accepted.class);
        assertThat(used(USER, ARTICLES)).isEqualTo(1);
        assertThat(rows(USER)).extracting("usedAfter").containsExactly(1L, 0L, 2L, 1L);
    }

    @Test
    @DisplayName("R11: duplicates and bad commands of a list fail by themselves and leave the others alone")
    void badCommandsFailAlone() {
        plan("free", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(KEYWORDS, -1, ResetPeriod.NEVER));
        subscribe(USER, "free");
        use(USER, KEYWORDS, Units.MAX);
        Line one = resolved(USER, ARTICLES, 1);
        Line stale = resolved("guest", ARTICLES, 1);
        quota.plans().setDefault("free", BY_TEST);

        List<Outcome> outcomes = execute(
                command(Operation.RECORD, "a", one),
                command(Operation.RECORD, "a", one),
                command(Operation.RECORD, "a", new Line(USER, ARTICLES, 2, one.terms())),
                command(Operation.RECORD, "s", stale),
                command(Operation.RECORD, "o", resolved(USER, KEYWORDS, 1)),
                command(Operation.RECORD, "n", resolved(USER, PUBLISH, 1)),
                command(Operation.RECORD, "b", one));

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Accepted.class, twin -> {
            assertThat(twin.replayed()).isTrue();
            assertThat(twin.verdicts()).isEqualTo(((Outcome.Accepted) outcomes.get(0)).verdicts());
        });
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Conflict.class);
        assertThat(outcomes.get(3)).isInstanceOf(Outcome.Stale.class);
        assertThat(outcomes.get(4)).isInstanceOf(Outcome.Rejected.class);
        assertThat(outcomes.get(5)).isInstanceOf(Outcome.Refused.class);
        assertThat(outcomes.get(6)).isInstanceOf(Outcome.Accepted.class);
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
    }

    @Test
    @DisplayName("R11: no commands are no outcomes")
    void noCommands() {
        assertThat(store.execute(List.of(), deadline())).isEmpty();
    }

    @Test
    @DisplayName("R2: a check neither looks at keys nor leaves one")
    void checkKnowsNoKeys() {
        dailyArticles(5);
        Line one = resolved(USER, ARTICLES, 1);
        execute(command(Operation.CHECK, "k", one));

        assertThat(record("k", one))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        outcome -> assertThat(outcome.replayed()).isFalse());
        assertThat(execute(command(Operation.CHECK, "k", new Line(USER, ARTICLES, 4, one.terms()))))
                .singleElement()
                .isInstanceOfSatisfying(Outcome.Accepted.class, outcome -> {
                    assertThat(outcome.replayed()).isFalse();
                    assertThat(outcome.verdicts().get(0).counter().used()).isEqualTo(1);
                });
    }

    @Test
    @DisplayName("R18: the verdict on a reset has the totals after it, whatever the limit")
    void verdictOnAReset() {
        dailyArticles(5);
        use(USER, ARTICLES, 5);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 0), BY_TEST);

        Decision reset = quota.reset(USER, ARTICLES, BY_TEST);

        assertAllowed(reset);
        assertThat(reset.used()).isZero();
        assertThat(reset.limit()).isEqualTo(Limit.of(0));
    }

    @Test
    @DisplayName("R19: the time of a stale answer resolves to the right window at once")
    void timeOfAStaleAnswer() {
        dailyArticles(5);
        Line old = resolved(USER, ARTICLES, 1);
        advance(Duration.ofDays(40));

        Outcome.Stale stale = (Outcome.Stale) record("k", old);
        Entitlements entitlements = new Entitlements(store.catalog(), 10);
        Line fresh = entitlements
                .resolve(USER, ARTICLES, 1, stale.storeTime(), deadline())
                .lines()
                .get(0);

        assertThat(record("k", fresh)).isInstanceOf(Outcome.Accepted.class);
    }
}
