package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R14, R18, R25, R42 and R45: changes, resets and midnights that race with charges. */
abstract class RaceContract extends CrowdGroup {
    RaceContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private long sumOfRows(String subject) {
        return rows(subject).stream().mapToLong(UsageRecord::amount).sum();
    }

    @Test
    @DisplayName("R42: resets, overrides and plan changes that race with charges keep the ledger equal to the counter")
    void resetsAndChangesRace() {
        dailyArticles(50);
        plan("pro", feature(ARTICLES, 100, ResetPeriod.DAILY));
        AtomicInteger working = new AtomicInteger(THREADS - 2);

        onAllThreads((thread, node) -> {
            if (thread == 0) {
                while (working.get() > 0) {
                    node.reset(USER, ARTICLES, BY_TEST);
                }
            } else if (thread == 1) {
                for (int n = 0; working.get() > 0; n++) {
                    changeSomething(node, n);
                }
            } else {
                try {
                    for (int n = 0; n < 40; n++) {
                        Decision decision = node.checkAndRecord(line(USER, ARTICLES, 1 + n % 3));
                        assertThat(decision.used()).isBetween(0L, 100L);
                    }
                } finally {
                    working.decrementAndGet();
                }
            }
        });

        assertThat(sumOfRows(USER)).isEqualTo(used(USER, ARTICLES));
        assertThat(alerts(USER).stream().map(alert -> alert.threshold() + "/" + alert.generation()))
                .doesNotHaveDuplicates();
        assertThat(rows(USER))
                .filteredOn(row -> row.amount() > 0)
                .allMatch(row -> row.usedAfter() <= row.limit().units());
    }

    private static void changeSomething(QuotaGuard node, int n) {
        switch (n % 4) {
            case 0 -> node.subscriptions().changePlan(USER, "pro", Start.NOW, BY_TEST);
            case 1 -> node.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 70), BY_TEST);
            case 2 -> node.subscriptions().changePlan(USER, "free", Start.NOW, BY_TEST);
            default -> node.subscriptions().removeOverride(USER, ARTICLES, BY_TEST);
        }
    }

    @Test
    @DisplayName("R25: after a cut below what is used has returned, nobody admits anything more")
    void nothingAfterACut() {
        dailyArticles(1_000_000);
        AtomicInteger cut = new AtomicInteger();
        AtomicInteger warm = new AtomicInteger();
        List<Decision> late = Collections.synchronizedList(new ArrayList<>());

        onAllThreads((thread, node) -> {
            if (thread == 0) {
                Await.until("all nodes have charged", () -> warm.get() > 100);
                node.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 10), BY_TEST);
                cut.set(1);
            } else {
                boolean last = false;
                while (!last) {
                    last = cut.get() == 1;
                    Decision decision = node.checkAndRecord(USER, ARTICLES);
                    warm.incrementAndGet();
                    if (last && decision.allowed()) {
                        late.add(decision);
                    }
                }
            }
        });

        assertThat(late).isEmpty();
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName(
            "R14: windows that roll over under load each keep their limit, and every use falls in a window of its time")
    void windowsRollOver() {
        plan("free", feature(ARTICLES, 20, ResetPeriod.HOURLY));
        subscribe(USER, "free");
        AtomicInteger working = new AtomicInteger(THREADS - 1);
        AtomicInteger done = new AtomicInteger();
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());

        onAllThreads((thread, node) -> {
            if (thread == 0) {
                while (working.get() > 0) {
                    int enough = done.get() + 7;
                    Await.until("some calls went by", () -> working.get() == 0 || done.get() >= enough);
                    advance(Duration.ofMinutes(20));
                }
            } else {
                try {
                    for (int n = 0; n < 40; n++) {
                        Instant invoked = fixture.clock().instant();
                        Window window =
                                node.checkAndRecord(USER, ARTICLES).window().orElseThrow();
                        Instant returned = fixture.clock().instant();
                        done.incrementAndGet();
                        if (window.start().isAfter(returned)
                                || !window.resetsAt().orElseThrow().isAfter(invoked)) {
                            wrong.add(window + " for a call in " + invoked + " ... " + returned);
                        }
                    }
                } finally {
                    working.decrementAndGet();
                }
            }
        });

        assertThat(wrong).isEmpty();
        Map<Window, Long> perWindow = rows(USER).stream()
                .collect(Collectors.groupingBy(UsageRecord::window, Collectors.summingLong(UsageRecord::amount)));
        assertThat(perWindow.values()).allMatch(sum -> sum <= 20);
        assertThat(rows(USER)).allMatch(row -> row.window().contains(row.recordedAt()));
    }

    @Test
    @DisplayName("R45: a crowd with little time is answered in time, and what was allowed is what was counted")
    void crowdWithLittleTime() {
        dailyArticles(1_000_000);
        Duration timeout = Duration.ofMillis(100);
        QuotaGuard hasty = closing(QuotaGuard.builder(store).timeout(timeout).build());
        LongAdder allowed = new LongAdder();
        LongAdder open = new LongAdder();
        List<Duration> late = Collections.synchronizedList(new ArrayList<>());

        Crowd.run(THREADS, thread -> {
            for (int n = 0; n < 50; n++) {
                long start = System.nanoTime();
                try {
                    hasty.checkAndRecord(USER, ARTICLES);
                    allowed.increment();
                } catch (QuotaUnavailableException e) {
                    // In time and honest: nothing was recorded.
                } catch (io.quotaguard.model.OutcomeUnknownException e) {
                    open.increment();
                }
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                if (took.compareTo(timeout.plusSeconds(2)) > 0) {
                    late.add(took);
                }
            }
        });

        assertThat(late)
                .as("calls that took two seconds longer than their time-out")
                .isEmpty();
        assertThat(used(USER, ARTICLES)).isBetween(allowed.sum(), allowed.sum() + open.sum());
    }
}
