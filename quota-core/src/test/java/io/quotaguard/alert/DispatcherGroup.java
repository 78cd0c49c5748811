package io.quotaguard.alert;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.RecordingListener;
import io.quotaguard.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the dispatcher share: a store with one plan, an outbox that fails when told to, and short words. */
abstract class DispatcherGroup {
    static final Change BY = Change.by("test");
    static final Duration OFTEN = Duration.ofMillis(10);
    static final Duration NEVER = Duration.ofHours(12);
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    static final int PARK_AFTER = 20;
    static final Duration LEASE = Duration.ofSeconds(30);

    final SettableClock clock = new SettableClock(Instant.parse("2026-03-10T12:00:00Z"));
    final QuotaStore store = InMemoryQuotaStore.builder().clock(clock).build();
    final QuotaGuard quota = QuotaGuard.builder(store).build();
    final FlakyAlertStore outbox = new FlakyAlertStore(store.alerts());
    final RecordingListener listener = new RecordingListener();
    final List<AlertDispatcher> dispatchers = new ArrayList<>();

    @BeforeEach
    final void onePlan() {
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", 10, ResetPeriod.DAILY)
                                .build(),
                        BY);
        quota.plans().setDefault("free", BY);
    }

    @AfterEach
    final void close() {
        listener.unblock();
        dispatchers.forEach(AlertDispatcher::close);
        quota.close();
    }

    AlertDispatcher dispatcher(Duration pollInterval, AlertListener... listeners) {
        AlertDispatcher dispatcher = new AlertDispatcher(
                outbox, List.of(listeners), new AlertDispatcher.Settings(pollInterval, TIMEOUT, PARK_AFTER));
        dispatchers.add(dispatcher);
        return dispatcher;
    }

    /** Fires 80, 95 and 100 % for {@code subject}. */
    void fire(String subject) {
        quota.checkAndRecord(Usage.of(subject, "articles").amount(10));
    }

    void awaitAllSent() {
        Await.until("all are marked sent", () -> quota.alerts().statistics().unsent() == 0);
    }

    void awaitOverTime(RecordingListener listener, int count) {
        Await.until("the listener took " + count, () -> {
            clock.advance(Duration.ofSeconds(5));
            return listener.alerts().size() >= count;
        });
    }

    /** Waits until the outbox was looked at so many times more. */
    void awaitClaims(int more) {
        int claims = outbox.claims();
        Await.until("the outbox was looked at again", () -> outbox.claims() >= claims + more);
    }
}
