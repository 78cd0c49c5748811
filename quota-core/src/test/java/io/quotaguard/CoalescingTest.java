package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.StoreCapabilities;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.DelegatingStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R45: how a guard shares round trips")
class CoalescingTest {
    private static final Change BY_TEST = Change.by("test");

    private final GatedStore store = new GatedStore(new InMemoryQuotaStore());

    @Test
    @DisplayName("R45: each setting is changed by itself")
    void settings() {
        Coalescing all = Coalescing.DEFAULT
                .withDirectCallers(1)
                .withFlushers(2)
                .withBatchSize(3)
                .withQueueSize(4);

        assertThat(all).isEqualTo(new Coalescing(1, 2, 3, 4));
    }

    @Test
    @DisplayName("R45: calls of a guard share round trips to a store over a network")
    void shared() throws Exception {
        try (QuotaGuard quota = guard(store)) {
            List<CompletionStage<Decision>> calls = manyAtOnce(quota);

            assertThat(store.trips()).hasSize(2);
            store.open();
            for (CompletionStage<Decision> call : calls) {
                assertThat(get(call).allowed()).isTrue();
            }
            assertThat(store.trips()).hasSize(3);
        }
    }

    @Test
    @DisplayName("R7, R43: when a shared answer is lost, each guard's own retry finds it, and each use counts once")
    void lostAnswer() throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        store.manner((commands, deadline, inner) -> {
            List<Outcome> outcomes = inner.execute(commands, deadline);
            if (commands.size() == 1 || !lost.compareAndSet(false, true)) {
                return outcomes;
            }
            return commands.stream()
                    .<Outcome>map(command -> new Outcome.Unknown(new IllegalStateException("lost on demand")))
                    .toList();
        });
        try (QuotaGuard quota = guard(store)) {
            List<CompletionStage<Decision>> calls = manyAtOnce(quota);
            store.open();
            for (CompletionStage<Decision> call : calls) {
                assertThat(get(call).allowed()).isTrue();
                assertThat(get(call).replayed()).isFalse();
            }
            assertThat(lost).isTrue();
            assertThat(quota.check("ann", "articles").used()).isEqualTo(calls.size());
        }
    }

    @Test
    @DisplayName("R45: a store in the same process has no round trips to share, and every call goes by itself")
    void notShared() throws Exception {
        QuotaStore local = new DelegatingStore(store) {
            @Override
            public StoreCapabilities capabilities() {
                return new InMemoryQuotaStore().capabilities();
            }
        };
        try (QuotaGuard quota = guard(local)) {
            store.shut();
            List<CompletionStage<Decision>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(quota.checkAndRecordAsync("ann", "articles"));
            }
            store.awaitTrips(6);
            store.open();
            for (CompletionStage<Decision> call : calls) {
                assertThat(get(call).allowed()).isTrue();
            }
        }
    }

    /** Has one call go straight and one lead, both held up in the store, and four more wait. */
    private List<CompletionStage<Decision>> manyAtOnce(QuotaGuard quota) {
        store.shut();
        List<CompletionStage<Decision>> calls = new ArrayList<>();
        List<Caller> waiting = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            CompletableFuture<Decision> decided = new CompletableFuture<>();
            Usage usage = Usage.of("ann", "articles");
            Caller caller = Caller.start(() -> {
                decided.complete(quota.checkAndRecord(usage));
                return new Outcome.Unknown(new IllegalStateException("see the decision"));
            });
            calls.add(decided);
            if (i <= 2) {
                store.awaitTrips(i);
            } else {
                waiting.add(caller.waiting());
            }
        }
        assertThat(waiting).noneMatch(Caller::hasEnded);
        return calls;
    }

    private static QuotaGuard guard(QuotaStore store) {
        QuotaGuard quota = QuotaGuard.builder(store)
                .timeout(Duration.ofSeconds(60))
                .coalescing(new Coalescing(1, 1, 10, 100))
                .build();
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", 100, ResetPeriod.NEVER)
                                .build(),
                        BY_TEST);
        quota.plans().setDefault("free", BY_TEST);
        return quota;
    }

    private static Decision get(CompletionStage<Decision> stage) throws Exception {
        return stage.toCompletableFuture().get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
