package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R46: whatever is a name is data, and no two names are one. */
abstract class NamesContract extends ContractGroup {
    NamesContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    static Stream<String> hostileNames() {
        return Stream.of(
                "{tag}",
                "{}",
                "a:b",
                "a::b",
                "a|b\\|c",
                "it's",
                "\"quoted\"",
                "back\\slash",
                "\\u0041",
                "100%",
                "a_b",
                "%s%n",
                "'; DROP TABLE usage_record; --",
                "$1",
                "${jndi}",
                "$body$",
                "NULL",
                "null",
                "{\"json\":[1,2]}",
                "(a,b)",
                ",",
                " leading and trailing ",
                "-",
                "*",
                "a/b?c=d&e#f",
                "<b>",
                "用户-四十二",
                "\uD83D\uDE00",
                "\uD83D\uDE00".repeat(200),
                "x".repeat(200),
                "\u202Ertl",
                "\uFEFFbom",
                "\uFF5E",
                "\uFFFF");
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    @DisplayName("R46: as subject, feature, plan, key, actor and metadata it is kept and given back as it is")
    void keptAsItIs(String name) {
        Change change = new Change(name, name, name);
        quota.plans()
                .create(
                        Plan.named(name)
                                .displayName(name)
                                .limit(name, 10, ResetPeriod.DAILY)
                                .build(),
                        change);
        quota.subscriptions().subscribe(name, name, BY_TEST);
        Usage usage = Usage.of(name, name).amount(9).key(name).with(name, name);

        Decision decision = quota.checkAndRecord(usage);
        quota.subscriptions().override(FeatureOverride.ofLimit(name, name, 9), BY_TEST);

        assertThat(decision.subject()).isEqualTo(name);
        assertThat(decision.feature()).isEqualTo(name);
        assertThat(decision.source().plan()).isEqualTo(name);
        assertThat(quota.checkAndRecord(usage).replayed()).isTrue();
        assertThat(rows(name)).singleElement().satisfies(row -> {
            assertThat(row.subject()).isEqualTo(name);
            assertThat(row.feature()).isEqualTo(name);
            assertThat(row.key()).isEqualTo(name);
            assertThat(row.metadata()).containsEntry(name, name);
        });
        assertThat(fired(name)).containsExactly(80, 95, 100);
        assertThat(alerts(name).get(0).feature()).isEqualTo(name);
        assertThat(quota.overview(name).feature(name)).isPresent();
        assertThat(quota.plans().get(name).orElseThrow().displayName()).isEqualTo(name);
        assertThat(quota.plans().history(name, 5).get(0).change()).isEqualTo(change);
        assertThat(quota.subscriptions().overrides(name))
                .extracting(FeatureOverride::feature)
                .containsExactly(name);
    }

    /** Pairs that a store would mix up which joins parts, folds case, normalizes, trims, or matches patterns. */
    static Stream<List<String>> lookalikes() {
        return Stream.of(
                List.of("a", "A"),
                List.of("a", "a "),
                List.of("a", " a"),
                List.of("a_b", "axb"),
                List.of("a%", "ab"),
                List.of("\u00E9", "e\u0301"),
                List.of("\u212A", "K"),
                List.of("stra\u00DFe", "strasse"),
                List.of("\u0131", "i"),
                List.of("\uFF21", "A"),
                List.of("\uD83D\uDE00", "\uD83D\uDE01"),
                List.of("\uFFFD", "?"),
                List.of("a\u200B", "a"),
                List.of("1", "01"),
                List.of("{a}b", "{a}c"),
                List.of("a'b", "a''b"),
                List.of("a\\", "a\\\\"));
    }

    @ParameterizedTest
    @MethodSource("lookalikes")
    @DisplayName("R46: names that look alike are two, as subjects, as features and as keys")
    void lookalikesAreTwo(List<String> names) {
        String one = names.get(0);
        String two = names.get(1);
        plan("free", feature(one, 9, ResetPeriod.DAILY), feature(two, 9, ResetPeriod.DAILY));
        for (String subject : names) {
            subscribe(subject, "free");
            for (String feature : names) {
                for (String key : names) {
                    assertThat(useWithKey(key, subject, feature, 1).replayed()).isFalse();
                }
            }
        }

        assertThat(rows(one)).hasSize(4);
        assertThat(rows(two)).hasSize(4);
        assertThat(used(one, two)).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "R46: the same letters split otherwise between subject, feature and key are different counters and keys")
    void splitOtherwise() {
        List<String> parts = List.of("a", "a:b", "a:b:c", "b", "b:c", "c", "a\u001Fb".replace('\u001F', '|'));
        Plan.Builder plan = Plan.named("free");
        parts.forEach(feature -> plan.limit(feature, 100, ResetPeriod.DAILY));
        quota.plans().create(plan.build(), BY_TEST);
        List<Decision> decisions = new ArrayList<>();
        for (String subject : parts) {
            subscribe(subject, "free");
            for (String feature : parts) {
                for (String key : parts) {
                    decisions.add(useWithKey(key, subject, feature, 1));
                }
            }
        }

        assertThat(decisions).noneMatch(Decision::replayed);
        for (String subject : parts) {
            assertThat(rows(subject)).hasSize(parts.size() * parts.size());
            assertThat(rows(subject)).extracting(UsageRecord::subject).containsOnly(subject);
        }
    }

    @Test
    @DisplayName("R46: names that Java and a store may sort differently make one call, once")
    void namesSortedDifferently() {
        List<String> names = List.of("\uD83D\uDE00", "\uFF5E", "z", "Z", "\u00E9", "_", "-");
        Plan.Builder plan = Plan.named("free");
        names.forEach(feature -> plan.limit(feature, 5, ResetPeriod.DAILY));
        quota.plans().create(plan.build(), BY_TEST);
        List<Usage> lines = new ArrayList<>();
        for (String subject : names) {
            subscribe(subject, "free");
            names.forEach(feature -> lines.add(line(subject, feature, 1).key("k")));
        }

        Decision first = quota.checkAndRecordAll(lines);
        Decision again = quota.checkAndRecordAll(lines);

        assertAllowed(first);
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        names.forEach(subject -> assertThat(rows(subject)).hasSize(names.size()));
    }

    @Test
    @DisplayName("R46: a reason and metadata may hold line breaks, and up to a thousand characters")
    void freeText() {
        dailyArticles(5);
        String text = "first line\nsecond\tline \u0007 " + "\uD83D\uDE00".repeat(400);

        quota.checkAndRecord(Usage.of(USER, ARTICLES).with("note", text).with("empty", ""));
        quota.reset(USER, ARTICLES, BY_TEST.because(text));
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 3), BY_TEST.because(text));

        assertThat(rows(USER).get(1).metadata()).containsEntry("note", text).containsEntry("empty", "");
        assertThat(rows(USER).get(0).metadata()).containsEntry("reason", text);
        assertThat(quota.subscriptions().history(USER, 1).get(0).change().reason())
                .isEqualTo(text);
    }
}
