package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Bad names at every public entry")
class BadNamesTest extends Unchanging {
    private static final List<String> BAD_NAMES = Arrays.asList(
            missing(),
            "",
            " ",
            "\u2003",
            "\t",
            "\u0000",
            "a\u0000b",
            "line\nforged",
            "\u001B[31mred",
            "a\u007Fb",
            "a\u0085b",
            "x".repeat(201),
            "\uD83D\uDE00".repeat(201),
            "lone\uD800",
            "\uDFFFlone",
            "\uD800\uD800");

    /** A call that takes a name. */
    private record NamedEntry(String what, String call, Names names) {
        @Override
        public String toString() {
            return call;
        }

        interface Names {
            void call(BadNamesTest test, String name);
        }
    }

    static List<NamedEntry> namedEntries() {
        List<NamedEntry> all = new ArrayList<>();
        subject(all, "Usage.of", (t, s) -> Usage.of(s, ARTICLES));
        subject(all, "checkAndRecord", (t, s) -> t.quota.checkAndRecord(s, ARTICLES));
        subject(all, "checkAndRecordAsync", (t, s) -> t.quota.checkAndRecordAsync(s, ARTICLES));
        subject(all, "check", (t, s) -> t.quota.check(s, ARTICLES));
        subject(all, "overview", (t, s) -> t.quota.overview(s));
        subject(all, "reset", (t, s) -> t.quota.reset(s, ARTICLES, BY));
        subject(all, "subscribe", (t, s) -> t.quota.subscriptions().subscribe(s, "free", BY));
        subject(all, "subscribe, anchored", (t, s) -> t.quota.subscriptions().subscribe(s, "free", UTC, BY));
        subject(all, "changePlan", (t, s) -> t.quota.subscriptions().changePlan(s, "free", BY));
        subject(all, "changePlan, now", (t, s) -> t.quota.subscriptions().changePlan(s, "free", Start.NOW, BY));
        subject(all, "pin", (t, s) -> t.quota.subscriptions().pin(s, "free", 1, BY));
        subject(all, "subscriptions.get", (t, s) -> t.quota.subscriptions().get(s));
        subject(all, "entitlement", (t, s) -> t.quota.subscriptions().entitlement(s, ARTICLES));
        subject(all, "FeatureOverride", (t, s) -> FeatureOverride.ofLimit(s, ARTICLES, 1));
        subject(all, "removeOverride", (t, s) -> t.quota.subscriptions().removeOverride(s, ARTICLES, BY));
        subject(all, "overrides", (t, s) -> t.quota.subscriptions().overrides(s));
        subject(all, "subscriptions.history", (t, s) -> t.quota.subscriptions().history(s, 1));
        subject(all, "UsageQuery.of", (t, s) -> UsageQuery.of(s));
        subject(all, "usage.statistics", (t, s) -> StatisticsQuery.daily(s, DAY, DAY));
        subject(all, "alerts.list", (t, s) -> t.quota.alerts().list(s, 0, 1));
        subject(all, "alerts.unsent", (t, s) -> t.quota.alerts().unsent(s, 1));
        subject(all, "alerts.unread", (t, s) -> t.quota.alerts().unread(s, 0, 1));
        subject(all, "alerts.statistics", (t, s) -> t.quota.alerts().statistics(s));
        subject(all, "Grant.of", (t, s) -> Grant.of(s, ARTICLES, 1));
        subject(all, "voidGrant", (t, s) -> t.quota.grants().voidGrant(s, 1, BY));
        subject(all, "grants.list", (t, s) -> t.quota.grants().list(s));
        subject(all, "grants.history", (t, s) -> t.quota.grants().history(s, 1));
        subject(all, "pools.join", (t, s) -> t.quota.pools().join(s, "team", BY));
        subject(all, "pools.leave", (t, s) -> t.quota.pools().leave(s, BY));
        subject(all, "pools.of", (t, s) -> t.quota.pools().of(s));
        subject(all, "pools.history", (t, s) -> t.quota.pools().history(s, 1));
        subject(all, "Correction.ofKey", (t, s) -> Correction.ofKey(s, ARTICLES, "k"));
        subject(all, "Correction", (t, s) -> new Correction(s, ARTICLES, "k", null, 1, true));
        subject(all, "forecast", (t, s) -> t.quota.usage().forecast(s, ARTICLES));
        feature(all, "Usage.of", (t, f) -> Usage.of(USER, f));
        feature(all, "checkAndRecord", (t, f) -> t.quota.checkAndRecord(USER, f));
        feature(all, "check", (t, f) -> t.quota.check(USER, f));
        feature(all, "reset", (t, f) -> t.quota.reset(USER, f, BY));
        feature(all, "entitlement", (t, f) -> t.quota.subscriptions().entitlement(USER, f));
        feature(all, "FeatureOverride", (t, f) -> FeatureOverride.ofLimit(USER, f, 1));
        feature(all, "removeOverride", (t, f) -> t.quota.subscriptions().removeOverride(USER, f, BY));
        feature(all, "Plan.limit", (t, f) -> Plan.named("p").limit(f, 1, ResetPeriod.DAILY));
        feature(all, "Plan.unlimited", (t, f) -> Plan.named("p").unlimited(f, ResetPeriod.DAILY));
        feature(all, "UsageQuery.feature", (t, f) -> UsageQuery.of(USER).feature(f));
        feature(all, "Grant.of", (t, f) -> Grant.of(USER, f, 1));
        feature(all, "Correction.ofKey", (t, f) -> Correction.ofKey(USER, f, "k"));
        feature(all, "Correction", (t, f) -> new Correction(USER, f, "k", null, 1, true));
        feature(
                all,
                "drawing",
                (t, f) -> PlanFeature.of("f", Limit.of(1), ResetPeriod.DAILY).drawing(1, f));
        feature(
                all,
                "StatisticsQuery.feature",
                (t, f) -> StatisticsQuery.daily(USER, DAY, DAY).feature(f));
        feature(all, "usage.top", (t, f) -> t.quota.usage().top(f, Instant.EPOCH, Instant.EPOCH, 1));
        feature(all, "forecast", (t, f) -> t.quota.usage().forecast(USER, f));
        plan(all, "Plan.named", (t, p) -> Plan.named(p));
        plan(all, "subscribe", (t, p) -> t.quota.subscriptions().subscribe(USER, p, BY));
        plan(all, "subscribe, anchored", (t, p) -> t.quota.subscriptions().subscribe(USER, p, UTC, BY));
        plan(all, "changePlan", (t, p) -> t.quota.subscriptions().changePlan(USER, p, BY));
        plan(all, "changePlan, now", (t, p) -> t.quota.subscriptions().changePlan(USER, p, Start.NOW, BY));
        plan(all, "pin", (t, p) -> t.quota.subscriptions().pin(USER, p, 1, BY));
        plan(all, "plans.get", (t, p) -> t.quota.plans().get(p));
        plan(all, "plans.get, a version", (t, p) -> t.quota.plans().get(p, 1));
        plan(all, "plans.history", (t, p) -> t.quota.plans().history(p, 1));
        all.add(new NamedEntry("plan", "setDefault", (t, p) -> t.quota.plans().setDefault(p == null ? "" : p, BY)));
        all.add(new NamedEntry(
                "display name",
                "Plan.displayName",
                (t, n) -> Plan.named("p").displayName(n).build()));
        all.add(new NamedEntry(
                "key", "Usage.key", (t, k) -> Usage.of(USER, ARTICLES).key(k)));
        all.add(new NamedEntry("key", "Change.key", (t, k) -> BY.key(k)));
        all.add(new NamedEntry("key", "Correction.ofKey", (t, k) -> Correction.ofKey(USER, ARTICLES, k)));
        all.add(new NamedEntry("key", "Correction", (t, k) -> new Correction(USER, ARTICLES, k, null, 1, true)));
        all.add(new NamedEntry(
                "key", "UsageQuery.key", (t, k) -> UsageQuery.of(USER).key(k)));
        all.add(new NamedEntry("pool", "pools.join", (t, p) -> t.quota.pools().join(USER, p, BY)));
        all.add(new NamedEntry(
                "pool", "pools.members", (t, p) -> t.quota.pools().members(p, null, 1)));
        all.add(new NamedEntry("pool", "poolOverview", (t, p) -> t.quota.poolOverview(p)));
        all.add(new NamedEntry(
                "member", "pools.members, after", (t, m) -> t.quota.pools().members("team", m == null ? "" : m, 1)));
        all.add(new NamedEntry("actor", "Change.by", (t, a) -> Change.by(a)));
        all.add(new NamedEntry(
                "metadata name",
                "Usage.with",
                (t, n) -> Usage.of(USER, ARTICLES).with(n, "x")));
        return all;
    }

    private static void subject(List<NamedEntry> all, String call, NamedEntry.Names names) {
        all.add(new NamedEntry("subject", call + " (subject)", names));
    }

    private static void feature(List<NamedEntry> all, String call, NamedEntry.Names names) {
        all.add(new NamedEntry("feature", call + " (feature)", names));
    }

    private static void plan(List<NamedEntry> all, String call, NamedEntry.Names names) {
        all.add(new NamedEntry("plan", call + " (plan)", names));
    }

    @ParameterizedTest
    @MethodSource("namedEntries")
    @DisplayName("R46: a bad name is refused before it reaches the store, by an error that names it and the rule")
    void badNames(NamedEntry entry) {
        for (String name : BAD_NAMES) {
            Throwable thrown = catchThrowable(() -> entry.names().call(this, name));

            assertThat(thrown)
                    .as("%s with %s", entry, name == null ? "nothing" : InvalidQuotaArgumentException.escape(name))
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining(entry.what())
                    .hasMessageContaining("R46");
            assertThat(String.valueOf(thrown.getMessage()).chars())
                    .as("the message is safe to log")
                    .noneMatch(Character::isISOControl);
        }
    }
}
