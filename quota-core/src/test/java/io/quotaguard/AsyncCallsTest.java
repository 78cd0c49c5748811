package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AsyncCallsTest {
    private static final Change BY_TEST = Change.by("test");

    private final InMemoryQuotaStore store = new InMemoryQuotaStore();
    private QuotaGuard quota = guard(QuotaGuard.builder(store));

    private static QuotaGuard guard(QuotaGuardBuilder builder) {
        QuotaGuard guard = builder.build();
        if (guard.plans().get("free").isEmpty()) {
            guard.plans()
                    .create(
                            Plan.named("free")
                                    .limit("articles_per_day", 2, ResetPeriod.DAILY)
                                    .build(),
                            BY_TEST);
            guard.subscriptions().subscribe("user-42", "free", BY_TEST);
        }
        return guard;
    }

    @AfterEach
    void close() {
        quota.close();
    }

    @Test
    @DisplayName("An asynchronous call decides as the blocking one does, on another thread")
    void decides() throws Exception {
        Usage two = Usage.of("user-42", "articles_per_day").amount(2).key("k");
        assertThat(get(quota.checkAsync(two)).remaining()).hasValue(2);
        assertThat(get(quota.checkAndRecordAsync(two)).allowed()).isTrue();
        assertThat(get(quota.checkAndRecordAsync(two)).replayed()).isTrue();
        assertThat(get(quota.checkAndRecordAsync("user-42", "articles_per_day")).allowed())
                .isFalse();
        assertThat(get(quota.checkAndRecordAllAsync(List.of(Usage.of("user-42", "articles_per_day"))))
                        .allowed())
                .isFalse();
    }

    @Test
    @DisplayName("R8: a failure completes the stage with the exception that the blocking call throws")
    void fails() throws Exception {
        get(quota.checkAndRecordAsync(Usage.of("user-42", "articles_per_day").key("k")));
        CompletionStage<Decision> conflict = quota.checkAndRecordAsync(
                Usage.of("user-42", "articles_per_day").amount(2).key("k"));

        assertThatThrownBy(() -> get(conflict))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IdempotencyConflictException.class);
        // What is wrong with the arguments is known at once, on the caller's own stack.
        assertThatThrownBy(() -> quota.checkAndRecordAsync("user-42", " "))
                .isInstanceOf(InvalidQuotaArgumentException.class);
    }

    @Test
    @DisplayName("R45: the deadline of an asynchronous call begins when it is made, not when a thread is free")
    void deadlineCountsWaiting() {
        Queue<Runnable> waiting = new ArrayDeque<>();
        quota.close();
        quota = guard(QuotaGuard.builder(store).timeout(Duration.ofMillis(1)).asyncExecutor(waiting::add));
        CompletionStage<Decision> late = quota.checkAndRecordAsync("user-42", "articles_per_day");
        long made = System.nanoTime();
        while (System.nanoTime() - made < TimeUnit.MILLISECONDS.toNanos(2)) {
            Thread.onSpinWait();
        }
        waiting.remove().run();

        assertThatThrownBy(() -> get(late)).hasCauseInstanceOf(QuotaUnavailableException.class);
    }

    @Test
    @DisplayName("An executor that is full fails the call as unavailable, with nothing recorded")
    void executorFull() {
        quota.close();
        quota = guard(QuotaGuard.builder(store).asyncExecutor(work -> {
            throw new RejectedExecutionException("full");
        }));
        CompletableFuture<Decision> refused =
                quota.checkAndRecordAsync("user-42", "articles_per_day").toCompletableFuture();

        assertThat(refused).isCompletedExceptionally();
        assertThatThrownBy(() -> get(refused)).hasCauseInstanceOf(QuotaUnavailableException.class);
        assertThat(quota.check("user-42", "articles_per_day").used()).isZero();
    }

    private static Decision get(CompletionStage<Decision> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
