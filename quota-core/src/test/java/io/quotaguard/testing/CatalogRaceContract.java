package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanConflictException;
import io.quotaguard.model.PlanInUseException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.UnknownPlanException;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R20–R23 and R25: administrators who change plans while many threads charge, and each other's work. */
abstract class CatalogRaceContract extends CrowdGroup {
    private static final int CHARGING = 64;

    CatalogRaceContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private QuotaGuard node(int thread) {
        return nodes.get(thread % nodes.size());
    }

    /** A decision, and whether the change had returned before it was asked for. */
    private record Asked(Decision decision, boolean afterChange) {}

    @Test
    @DisplayName(
            "R21, R25: a limit is cut from 100 to 50 while 64 threads charge, and nobody who asks later is let above 50")
    void cutUnderLoad() {
        dailyArticles(100);
        AtomicBoolean changed = new AtomicBoolean();
        AtomicInteger allowed = new AtomicInteger();
        Queue<Asked> asked = new ConcurrentLinkedQueue<>();

        Crowd.run(CHARGING + 1, thread -> {
            if (thread == 0) {
                Await.until("all are charging", () -> allowed.get() >= 20);
                node(0).plans().update(editedTo(50), BY_TEST);
                changed.set(true);
                return;
            }
            boolean last = false;
            while (!last) {
                last = changed.get();
                Decision decision = node(thread).checkAndRecord(USER, ARTICLES);
                asked.add(new Asked(decision, last));
                allowed.addAndGet(decision.allowed() ? 1 : 0);
            }
        });

        assertThat(asked).filteredOn(Asked::afterChange).hasSizeGreaterThanOrEqualTo(CHARGING);
        assertThat(asked)
                .filteredOn(Asked::afterChange)
                .allSatisfy(
                        one -> assertThat(one.decision().source().planVersion()).isEqualTo(2));
        assertThat(asked)
                .filteredOn(one -> one.decision().allowed())
                .allSatisfy(one -> assertThat(one.decision().used())
                        .isLessThanOrEqualTo(one.decision().source().planVersion() == 1 ? 100 : 50));
        assertThat(used(USER, ARTICLES)).isEqualTo(allowed.get()).isLessThanOrEqualTo(100);
        assertRefused(use(USER, ARTICLES, 50));
    }

    @Test
    @DisplayName("R22: up, down and up again while many charge gives no more than the highest limit in all")
    void upDownUp() {
        dailyArticles(50);
        plan("pro", feature(ARTICLES, 100, ResetPeriod.DAILY));
        AtomicInteger allowed = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();

        onAllThreads((thread, node) -> {
            if (thread == 0) {
                for (String plan : List.of("pro", "free", "pro", "free", "pro")) {
                    int before = allowed.get();
                    node.subscriptions().changePlan(USER, plan, Start.NOW, BY_TEST);
                    Await.until(
                            "some were charged, or none may be", () -> allowed.get() > before || allowed.get() >= 50);
                }
                done.set(true);
            } else {
                boolean last = false;
                while (!last) {
                    last = done.get();
                    allowed.addAndGet(node.checkAndRecord(USER, ARTICLES).allowed() ? 1 : 0);
                }
            }
        });

        while (use(USER, ARTICLES).allowed()) {
            allowed.incrementAndGet();
        }
        assertThat(allowed.get()).isEqualTo(100);
        assertThat(used(USER, ARTICLES)).isEqualTo(100);
    }

    @Test
    @DisplayName("R4: who deletes a plan and who subscribes to it cannot both succeed")
    void deleteAgainstSubscribe() {
        for (int round = 0; round < 8; round++) {
            String code = "plan-" + round;
            plan(code, feature(ARTICLES, 3, ResetPeriod.DAILY));
            AtomicInteger subscribed = new AtomicInteger();
            AtomicInteger deleted = new AtomicInteger();

            Crowd.run(6, thread -> {
                try {
                    if (thread % 3 == 0) {
                        node(thread).plans().delete(code, BY_TEST);
                        deleted.incrementAndGet();
                    } else {
                        node(thread).subscriptions().subscribe("user-" + thread, code, BY_TEST);
                        subscribed.incrementAndGet();
                    }
                } catch (PlanInUseException | UnknownPlanException e) {
                    // The other side was faster.
                }
            });

            assertThat(deleted.get()).isLessThanOrEqualTo(1);
            assertThat(quota.plans().get(code).isEmpty()).isEqualTo(deleted.get() == 1);
            assertThat(subscribed.get() == 0).isEqualTo(deleted.get() == 1);
            for (int thread : List.of(1, 2, 4, 5)) {
                boolean names = quota.subscriptions()
                        .get("user-" + thread)
                        .map(Subscription::latest)
                        .filter(phase -> phase.plan().equals(code))
                        .isPresent();
                assertThat(names && deleted.get() == 1).isFalse();
            }
        }
    }

    @Test
    @DisplayName("R23: of many administrators who read one version one wins, and the others are shown both plans")
    void administrators() {
        dailyArticles(1);
        Queue<PlanConflictException> lost = new ConcurrentLinkedQueue<>();
        AtomicInteger won = new AtomicInteger();
        Plan read = quota.plans().get("free").orElseThrow();

        onAllThreads((thread, node) -> {
            Plan wanted = read.edit()
                    .replace(feature(ARTICLES, 100 + thread, ResetPeriod.DAILY))
                    .build();
            try {
                node.plans().update(wanted, BY_TEST);
                won.set(100 + thread);
            } catch (PlanConflictException e) {
                assertThat(e.wanted()).contains(wanted);
                lost.add(e);
            }
        });

        Plan winner = quota.plans().get("free").orElseThrow();
        assertThat(winner.version()).isEqualTo(2);
        assertThat(winner.feature(ARTICLES).orElseThrow().limit().units()).isEqualTo(won.get());
        assertThat(lost).hasSize(THREADS - 1).allSatisfy(e -> {
            assertThat(e.found()).contains(winner);
            assertThat(e.getMessage())
                    .contains("version 1")
                    .contains("version 2")
                    .contains(ARTICLES);
        });
    }

    @Test
    @DisplayName("R14, R21: a change that waits for midnight comes with it, for every thread at once")
    void changeAtMidnight() {
        dailyArticles(10);
        plan("pro", feature(ARTICLES, 40, ResetPeriod.DAILY));
        quota.subscriptions().changePlan(USER, "pro", Start.NOW, BY_TEST);
        quota.subscriptions().changePlan(USER, "free", Start.AT_WINDOW_END, BY_TEST);
        setTime(MIDNIGHT.minusSeconds(1));
        AtomicInteger before = new AtomicInteger();
        AtomicBoolean after = new AtomicBoolean();

        onAllThreads((thread, node) -> {
            if (thread == 0) {
                Await.until("some charged before midnight", () -> before.get() >= 15);
                setTime(MIDNIGHT);
                after.set(true);
                return;
            }
            boolean last = false;
            while (!last) {
                last = after.get();
                Decision decision = node.checkAndRecord(USER, ARTICLES);
                before.incrementAndGet();
                boolean old = decision.window().orElseThrow().contains(MIDNIGHT.minusSeconds(1));
                assertThat(decision.source().plan()).isEqualTo(old ? "pro" : "free");
                assertThat(old && last).isFalse();
            }
        });

        Map<Window, Long> perWindow = rows(USER).stream()
                .collect(Collectors.groupingBy(UsageRecord::window, Collectors.summingLong(UsageRecord::amount)));
        assertThat(perWindow).hasSize(2);
        perWindow.forEach((window, sum) -> assertThat(sum).isLessThanOrEqualTo(window.contains(MIDNIGHT) ? 10 : 40));
    }
}
