package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import java.time.Instant;
import java.util.function.UnaryOperator;

/**
 * What a host's unit test needs: a guard on the memory store, a clock that the test moves, a plan and its subscribers.
 *
 * <pre>{@code
 * try (QuotaFixture quota = QuotaFixture.withPlan("free", plan -> plan.limit("articles_per_day", 3, DAILY))
 *         .subscriber("user-42")) {
 *     new ArticleService(quota.guard()).write("user-42");
 *     quota.assertThat("user-42", "articles_per_day").hasUsed(1).hasLeft(2);
 * }
 * }</pre>
 *
 * <p>Nothing is shared between two fixtures. Alerts are heard by {@link #alerts()}. Thread-safe.
 */
public final class QuotaFixture implements AutoCloseable {
    /** Where the clock of a fixture starts: noon, so that no test is near a day's end unless it means to be. */
    public static final Instant START = Instant.parse("2026-03-02T12:00:00Z");

    private static final Change BY_TEST = Change.by("test");

    private final SettableClock clock = new SettableClock(START);
    private final RecordingListener alerts = new RecordingListener();
    private final InMemoryQuotaStore store =
            InMemoryQuotaStore.builder().clock(clock).build();
    private final QuotaGuard guard = QuotaGuard.builder(store).listener(alerts).build();
    private final String firstPlan;

    private QuotaFixture(String firstPlan) {
        this.firstPlan = firstPlan;
    }

    /** Returns a fixture with one plan, whose features {@code features} adds. */
    public static QuotaFixture withPlan(String code, UnaryOperator<Plan.Builder> features) {
        return new QuotaFixture(code).plan(code, features);
    }

    /** Adds one more plan. */
    public QuotaFixture plan(String code, UnaryOperator<Plan.Builder> features) {
        guard.plans().create(features.apply(Plan.named(code)).build(), BY_TEST);
        return this;
    }

    /** Subscribes {@code subject} to the first plan. */
    public QuotaFixture subscriber(String subject) {
        return subscriber(subject, firstPlan);
    }

    /** Subscribes {@code subject} to {@code plan}. */
    public QuotaFixture subscriber(String subject, String plan) {
        guard.subscriptions().subscribe(subject, plan, BY_TEST);
        return this;
    }

    /** Returns the guard to hand to the code under test. */
    public QuotaGuard guard() {
        return guard;
    }

    /** Returns the clock that decides which window a call falls in. */
    public SettableClock clock() {
        return clock;
    }

    /** Returns the listener that hears the guard's alerts; they come on a thread of their own, so await them. */
    public RecordingListener alerts() {
        return alerts;
    }

    /** Looks at what {@code subject} has used of {@code feature} in the current window. */
    public QuotaAssert assertThat(String subject, String feature) {
        return new QuotaAssert(guard, subject, feature);
    }

    @Override
    public void close() {
        guard.close();
        store.close();
    }
}
