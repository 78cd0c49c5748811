package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.Change;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import io.quotaguard.plan.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R12: each step of a subscription's term takes a key, and its retry is answered again. */
abstract class TermKeysContract extends CrowdGroup {
    private static final Change ONCE = BY_TEST.key("once");
    private static final Instant FRIDAY = Instant.parse("2026-03-13T00:00:00Z");

    TermKeysContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    void onePlan() {
        plan("pro", feature(ARTICLES, 10, ResetPeriod.DAILY), feature(PUBLISH, 100, ResetPeriod.MONTHLY));
    }

    private Subscription buy(Term term) {
        return quota.subscriptions().subscribe(USER, "pro", term, BY_TEST);
    }

    /** Takes a step, waits a while, takes it again on another node, and checks that nothing happened the second time. */
    private Subscription twice(BiFunction<Subscriptions, Change, Subscription> step) {
        Subscription first = step.apply(quota.subscriptions(), ONCE);
        int rows = quota.subscriptions().history(USER, 100).size();
        advance(Duration.ofMinutes(7));

        Subscription again = step.apply(nodes.get(1).subscriptions(), ONCE);

        assertThat(again).isEqualTo(first);
        assertThat(quota.subscriptions().get(USER)).contains(first);
        assertThat(quota.subscriptions().history(USER, 100)).hasSize(rows);
        return first;
    }

    @Test
    @DisplayName("R12: a purchase that comes again with its key starts and ends as it did the first time")
    void subscribeAgain() {
        Term month = Term.once(BillingCycle.MONTHLY);

        Subscription bought = twice((node, change) -> node.subscribe(USER, "pro", month, change));

        assertThat(bought.startedAt()).isEqualTo(NOON);
        assertThat(bought.term().end()).isEqualTo(Instant.parse("2026-04-10T12:00:00Z"));
    }

    @Test
    @DisplayName("R12: a renewal that comes again with its key adds one cycle")
    void renewAgain() {
        buy(Term.once(BillingCycle.MONTHLY));

        Subscription renewed = twice((node, change) -> node.renew(USER, change));

        assertThat(renewed.term().end()).isEqualTo(Instant.parse("2026-05-10T12:00:00Z"));
        Subscription next = quota.subscriptions().renew(USER, BY_TEST.key("next"));
        assertThat(next.term().end()).isEqualTo(Instant.parse("2026-06-10T12:00:00Z"));
    }

    @Test
    @DisplayName("R12: so does one of a subscription that had ended")
    void renewAgainAfterTheEnd() {
        buy(Term.once(BillingCycle.WEEKLY));
        setTime("2026-03-20T00:00:00Z");

        Subscription renewed = twice((node, change) -> node.renew(USER, change));

        assertThat(renewed.term().end()).isEqualTo(Instant.parse("2026-03-27T00:00:00Z"));
    }

    @Test
    @DisplayName(
            "R12: a crowd that retries one renewal from several nodes adds one cycle, and all have the same answer")
    void crowdRenews() {
        buy(Term.once(BillingCycle.MONTHLY));
        ConcurrentLinkedQueue<Subscription> answers = new ConcurrentLinkedQueue<>();

        onAllThreads((thread, node) -> answers.add(node.subscriptions().renew(USER, ONCE)));

        assertThat(answers)
                .hasSize(THREADS)
                .containsOnly(quota.subscriptions().get(USER).orElseThrow());
        assertThat(answers.element().term().end()).isEqualTo(Instant.parse("2026-05-10T12:00:00Z"));
    }

    @Test
    @DisplayName("R12: renewals under keys of their own, all at once, add a cycle each")
    void crowdOfRenewals() {
        buy(Term.once(BillingCycle.MONTHLY));

        onAllThreads((thread, node) -> node.subscriptions().renew(USER, BY_TEST.key("renewal-" + thread)));

        assertThat(quota.subscriptions().get(USER).orElseThrow().term().end())
                .isEqualTo(Instant.parse("2027-08-10T12:00:00Z"));
    }

    @Test
    @DisplayName("R12: a cancellation that comes again with its key ends when it did the first time")
    void cancelAgain() {
        buy(Term.OPEN);
        twice((node, change) -> node.cancel(USER, change));
    }

    @Test
    @DisplayName("R12: so does one at once")
    void cancelNowAgain() {
        buy(Term.renewing(BillingCycle.MONTHLY));

        Subscription over = twice((node, change) -> node.cancelNow(USER, change));

        assertThat(over.term().end()).isEqualTo(NOON);
    }

    @Test
    @DisplayName("R12: a cancellation that comes again with its key does not undo its being taken back")
    void cancelAgainAfterResume() {
        Subscription bought = buy(Term.renewing(BillingCycle.MONTHLY));
        quota.subscriptions().cancel(USER, ONCE);
        quota.subscriptions().resume(USER, BY_TEST);

        assertThat(quota.subscriptions().cancel(USER, ONCE)).isEqualTo(bought);
        assertThat(quota.subscriptions().get(USER)).contains(bought);
    }

    @Test
    @DisplayName("R12: a cancellation that is taken back again with its key stays taken back")
    void resumeAgain() {
        Subscription bought = buy(Term.renewing(BillingCycle.MONTHLY));
        quota.subscriptions().cancel(USER, BY_TEST);

        assertThat(twice((node, change) -> node.resume(USER, change))).isEqualTo(bought);
    }

    @Test
    @DisplayName("R12: an end that is moved again with its key is moved once, also when it was moved on since")
    void endAtAgain() {
        buy(Term.trialUntil(MIDNIGHT));
        twice((node, change) -> node.endAt(USER, FRIDAY, change));
        quota.subscriptions().endAt(USER, MIDNIGHT, BY_TEST);

        Subscription again = quota.subscriptions().endAt(USER, FRIDAY, ONCE);

        assertThat(again.term().end()).isEqualTo(MIDNIGHT);
    }

    @Test
    @DisplayName("R12: the key of one step is a conflict for every other, which then does not happen")
    void keyOfAnotherStep() {
        buy(Term.once(BillingCycle.MONTHLY));
        Subscription renewed = quota.subscriptions().renew(USER, ONCE);
        Term month = Term.once(BillingCycle.MONTHLY);
        List<Function<Subscriptions, Subscription>> others = List.of(
                node -> node.subscribe(USER, "pro", month, ONCE),
                node -> node.changePlan(USER, "pro", ONCE),
                node -> node.cancel(USER, ONCE),
                node -> node.cancelNow(USER, ONCE),
                node -> node.resume(USER, ONCE),
                node -> node.endAt(USER, FRIDAY, ONCE));

        for (Function<Subscriptions, Subscription> other : others) {
            assertThatThrownBy(() -> other.apply(quota.subscriptions()))
                    .isInstanceOfSatisfying(
                            IdempotencyConflictException.class,
                            conflict -> assertThat(conflict.key()).isEqualTo("once"));
        }
        assertThat(quota.subscriptions().get(USER)).contains(renewed);
    }

    @Test
    @DisplayName("R12: an end under the key of another end is a conflict")
    void keyOfAnotherEnd() {
        buy(Term.trialUntil(MIDNIGHT));
        quota.subscriptions().endAt(USER, FRIDAY, ONCE);

        assertThatThrownBy(() -> quota.subscriptions().endAt(USER, FRIDAY.plusSeconds(1), ONCE))
                .isInstanceOf(IdempotencyConflictException.class);
    }

    @Test
    @DisplayName("R12: a retry that comes after the subscription has ended is still a replay, and another step is not")
    void retryAfterTheEnd() {
        Instant end = NOON.plusSeconds(600);
        buy(Term.trialUntil(end));
        quota.subscriptions().endAt(USER, end.plusSeconds(60), BY_TEST.key("end"));
        quota.subscriptions().resume(USER, BY_TEST.key("resume"));
        Subscription moved = quota.subscriptions().changePlan(USER, "pro", BY_TEST.key("move"));
        setTime(end.plusSeconds(3600));

        assertThat(quota.subscriptions().endAt(USER, end.plusSeconds(60), BY_TEST.key("end")))
                .isEqualTo(moved);
        assertThat(quota.subscriptions().resume(USER, BY_TEST.key("resume"))).isEqualTo(moved);
        assertThat(quota.subscriptions().changePlan(USER, "pro", BY_TEST.key("move")))
                .isEqualTo(moved);
        assertThatThrownBy(() -> quota.subscriptions().resume(USER, BY_TEST.key("late")))
                .isInstanceOf(CatalogConflictException.class);
        assertThatThrownBy(() -> quota.subscriptions().endAt(USER, end.plusSeconds(99), BY_TEST.key("end")))
                .isInstanceOf(IdempotencyConflictException.class);
        assertThatThrownBy(() -> buy(Term.trialUntil(end)))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R21");
    }
}
