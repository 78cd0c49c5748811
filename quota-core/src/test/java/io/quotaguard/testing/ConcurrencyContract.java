package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Decision;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R1, R3, R7 and R28 under many threads and several nodes. */
abstract class ConcurrencyContract extends CrowdGroup {
    ConcurrencyContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
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
}
