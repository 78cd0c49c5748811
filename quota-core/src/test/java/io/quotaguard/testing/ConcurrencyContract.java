package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Usage;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R1, R3, R7, R18, R25, R28, R42 and R45 under many threads and several nodes. */
abstract class ConcurrencyContract extends ContractGroup {
    private static final int THREADS = 16;

    private List<QuotaGuard> nodes;

    ConcurrencyContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    void openNodes() {
        nodes = List.of(quota, guard(fixture.anotherNode()), guard(fixture.anotherNode()));
    }

    /** Runs {@code work} on all threads at once, each with its number and one of the nodes. */
    private void onAllThreads(Crowd.Work work) {
        Crowd.run(THREADS, thread -> work.run(thread, nodes.get(thread % nodes.size())));
    }

    private long sumOfRows(String subject) {
        return rows(subject).stream().mapToLong(UsageRecord::amount).sum();
    }

    @Test
    @DisplayName(
            "R1: of many more unit calls than the limit, from many threads and nodes, exactly the limit is allowed")
    void exactlyTheLimit() {
        dailyArticles(200);
        LongAdder allowed = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 30; n++) {
                allowed.add(node.checkAndRecord(USER, ARTICLES).allowed() ? 1 : 0);
            }
        });

        assertThat(allowed.sum()).isEqualTo(200);
        assertThat(used(USER, ARTICLES)).isEqualTo(200);
        assertThat(rows(USER)).hasSize(200);
        assertThat(rows(USER)).extracting(UsageRecord::usedAfter).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("R1: with amounts of all sizes the limit is never passed, and no refusal is unexplained")
    void amountsOfAllSizes() {
        dailyArticles(1000);
        LongAdder allowed = new LongAdder();
        List<Decision> refusals = Collections.synchronizedList(new ArrayList<>());

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 30; n++) {
                Decision decision = node.checkAndRecord(line(USER, ARTICLES, 1 + (thread * 7 + n) % 9));
                if (decision.allowed()) {
                    allowed.add(decision.verdicts().get(0).amount());
                } else {
                    refusals.add(decision);
                }
            }
        });

        assertThat(used(USER, ARTICLES)).isEqualTo(allowed.sum()).isLessThanOrEqualTo(1000);
        assertThat(rows(USER)).allMatch(row -> row.usedAfter() <= 1000);
        assertThat(refusals)
                .allMatch(refusal ->
                        refusal.verdicts().get(0).amount() > refusal.remaining().orElseThrow());
    }

    @Test
    @DisplayName("R7: a storm of retries: each key is counted once, and all its answers are equal")
    void stormOfRetries() {
        dailyArticles(1000);
        Map<String, List<Decision>> answers = new java.util.concurrent.ConcurrentHashMap<>();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 25; n++) {
                Usage usage = line(USER, ARTICLES, 1 + n).key("key-" + n);
                Decision decision = node.checkAndRecord(usage);
                answers.computeIfAbsent(decision.key(), key -> Collections.synchronizedList(new ArrayList<>()))
                        .add(decision);
            }
        });

        assertThat(answers).hasSize(25);
        answers.forEach((key, decisions) -> {
            assertThat(decisions).as(key).hasSize(THREADS);
            assertThat(decisions.stream().map(Decision::verdicts).distinct())
                    .as(key)
                    .hasSize(1);
            assertThat(decisions.stream().filter(each -> !each.replayed()))
                    .as(key)
                    .hasSize(1);
        });
        assertThat(used(USER, ARTICLES)).isEqualTo(25 * 26 / 2);
        assertThat(rows(USER)).hasSize(25);
    }

    @Test
    @DisplayName("R3: calls over the same lines in opposite order neither deadlock nor split")
    void oppositeOrder() {
        plan("free", feature(ARTICLES, 100, ResetPeriod.DAILY), feature(PUBLISH, 1000, ResetPeriod.DAILY));
        List<String> subjects = List.of("a", "\uD83D\uDE00", "\uFF5E", "b");
        subjects.forEach(subject -> subscribe(subject, "free"));
        LongAdder allowed = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 20; n++) {
                List<Usage> lines = new ArrayList<>();
                subjects.forEach(subject -> lines.add(line(subject, ARTICLES, 1)));
                subjects.forEach(subject -> lines.add(line(subject, PUBLISH, 2)));
                Collections.rotate(lines, thread);
                if (thread % 2 == 0) {
                    Collections.reverse(lines);
                }
                allowed.add(node.checkAndRecordAll(lines).allowed() ? 1 : 0);
            }
        });

        assertThat(allowed.sum()).isEqualTo(100);
        for (String subject : subjects) {
            assertThat(used(subject, ARTICLES)).isEqualTo(100);
            assertThat(used(subject, PUBLISH)).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("R28: a thousand calls that race across the thresholds give one alert row each")
    void oneAlertRowEach() {
        dailyArticles(1000);

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 63; n++) {
                node.checkAndRecord(USER, ARTICLES);
            }
        });

        assertThat(alerts(USER)).extracting(Alert::threshold).containsExactly(80, 95, 100);
        assertThat(alerts(USER)).extracting(Alert::used).containsExactly(800L, 950L, 1000L);
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
