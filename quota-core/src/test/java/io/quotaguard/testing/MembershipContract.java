package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R40, with R12, R25 and R44: who belongs to which pool, what stays where it was used, and who hears of it. */
abstract class MembershipContract extends PoolGroup {
    MembershipContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private void assertRefusedChange(String words, Runnable change) {
        assertThatThrownBy(change::run)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("R40");
    }

    @Test
    @DisplayName("R40: pools do not lead round in a circle, be it short or long")
    void circles() {
        assertRefusedChange(USER, () -> join(USER, USER));
        assertRefusedChange(ORGANISATION, () -> join(ORGANISATION, TEAM));
        assertRefusedChange(USER, () -> join(ORGANISATION, USER));

        assertThat(quota.pools().of(ORGANISATION)).isEmpty();
        assertThat(quota.pools().of(TEAM)).contains(ORGANISATION);
        assertAllowed(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R40: four levels stand above each other, a fifth is refused at the top, at the bottom and in between")
    void fifthLevel() {
        join(ORGANISATION, "holding");
        plan("holding", feature(ARTICLES, 5, ResetPeriod.DAILY));
        subscribe("holding", "holding");
        assertRefusedBy("holding", use(USER, ARTICLES, 6));
        assertAllowed(use(USER, ARTICLES, 5));

        assertRefusedChange("5", () -> join("holding", "state"));
        assertRefusedChange("5", () -> join("assistant", USER));
        join("assistant", "user-44");
        assertRefusedChange("5", () -> join("user-44", TEAM));
        join("user-44", ORGANISATION);

        assertUsed(5, 5, 5);
        assertThat(used("holding", ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName("R40: who moves keeps what he used, so does the pool that he used it from, and nothing counts twice")
    void move() {
        use(USER, ARTICLES, 3);
        use(MATE, ARTICLES, 2);

        join(USER, OTHER_TEAM);
        assertUsed(3, 5, 5);
        assertThat(counter(OTHER_TEAM, ARTICLES)).isEqualTo(Counter.ZERO);
        use(USER, ARTICLES, 4);
        assertUsed(7, 5, 5);
        assertThat(used(OTHER_TEAM, ARTICLES)).isEqualTo(4);
        join(USER, TEAM);
        use(USER, ARTICLES, 1);

        assertUsed(8, 6, 6);
        assertThat(used(OTHER_TEAM, ARTICLES)).isEqualTo(4);
        assertThat(rows(USER)).hasSize(3);
    }

    @Test
    @DisplayName("R40: who leaves has what he subscribes to himself, and counts on from what he used")
    void leave() {
        plan("own", feature(ARTICLES, 5, ResetPeriod.DAILY));
        use(USER, ARTICLES, 3);

        quota.pools().leave(USER, BY_TEST);
        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.NO_PLAN);
        assertThat(quota.pools().of(USER)).isEmpty();
        subscribe(USER, "own");

        Decision decision = use(USER, ARTICLES, 2);
        assertThat(decision.used()).isEqualTo(5);
        assertThat(decision.verdicts()).hasSize(1);
        assertRefusedBy(USER, use(USER, ARTICLES, 1));
        assertUsed(5, 3, 3);
    }

    @Test
    @DisplayName("R40: who joins brings nothing along: what he used before is his alone")
    void join() {
        plan("own", feature(ARTICLES, 5, ResetPeriod.DAILY));
        subscribe("user-44", "own");
        use("user-44", ARTICLES, 4);

        join("user-44", TEAM);
        assertThat(used(TEAM, ARTICLES)).isZero();
        assertAllowed(use("user-44", ARTICLES, 1));

        assertThat(used(TEAM, ARTICLES)).isEqualTo(1);
        assertRefusedBy("user-44", use("user-44", ARTICLES, 1));
    }

    @Test
    @DisplayName("R40: the overview of a pool shows its members, and who used how much, whoever left included")
    void poolOverview() {
        use(USER, ARTICLES, 3);
        use(MATE, ARTICLES, 5);
        use(TEAM, ARTICLES, 1);
        join(USER, OTHER_TEAM);
        join("user-41", TEAM);

        PoolOverview team = quota.poolOverview(TEAM);
        PoolOverview organisation = quota.poolOverview(ORGANISATION);

        assertThat(team.members()).containsExactly("user-41", MATE);
        assertThat(team.shares(ARTICLES))
                .containsExactly(new PoolShare(MATE, 5), new PoolShare(USER, 3), new PoolShare(TEAM, 1));
        assertThat(team.shares(PUBLISH)).isEmpty();
        assertThat(team.overview().feature(ARTICLES).orElseThrow().remaining()).hasValue(11);
        assertThat(organisation.members()).containsExactly(TEAM);
        assertThat(organisation.shares(ARTICLES))
                .containsExactly(new PoolShare(MATE, 5), new PoolShare(USER, 3), new PoolShare(TEAM, 1));
        setTime(MIDNIGHT);
        assertThat(quota.poolOverview(TEAM).shares(ARTICLES)).isEmpty();
    }

    @Test
    @DisplayName("R40: a member's overview shows what its pools leave it, and members are read by name, page by page")
    void readsOfMembers() {
        use(TEAM, ARTICLES, 15);
        quota.subscriptions().override(FeatureOverride.ofLimit(MATE, ARTICLES, 3), BY_TEST);
        for (String member : List.of("c", "a", "d", "b")) {
            join(member, OTHER_TEAM);
        }

        assertThat(quota.overview(USER).feature(ARTICLES).orElseThrow().remaining())
                .hasValue(5);
        assertThat(quota.overview(USER).feature(ARTICLES).orElseThrow().shared())
                .extracting(verdict -> verdict.subject())
                .containsExactlyInAnyOrder(TEAM, ORGANISATION);
        assertThat(quota.overview(MATE).feature(ARTICLES).orElseThrow().remaining())
                .hasValue(3);
        assertThat(quota.pools().members(OTHER_TEAM, null, 3)).containsExactly("a", "b", "c");
        assertThat(quota.pools().members(OTHER_TEAM, "c", 3)).containsExactly("d");
        assertThat(quota.pools().members("nobody's", null, 3)).isEmpty();
    }

    @Test
    @DisplayName("R25: a node notices with its very next call that a pool was given a limit that had none")
    void poolGivenALimit() {
        plan("own", feature(ARTICLES, 100, ResetPeriod.DAILY));
        subscribe("user-44", "own");
        join("user-44", "club");
        QuotaGuard node = nodes.get(1);
        assertAllowed(node.checkAndRecord(line("user-44", ARTICLES, 19)));

        subscribe("club", "team");

        assertRefusedBy("club", node.checkAndRecord(line("user-44", ARTICLES, 2)));
        assertAllowed(node.checkAndRecord(line("user-44", ARTICLES, 1)));
    }

    @Test
    @DisplayName("R25: nor is a pool's lower limit, its plan's end, or a move decided by what was known before")
    void changesAboveAMember() {
        QuotaGuard node = nodes.get(1);
        assertAllowed(node.checkAndRecord(line(USER, ARTICLES, 5)));

        quota.subscriptions().override(FeatureOverride.ofLimit(ORGANISATION, ARTICLES, 6), BY_TEST);
        assertRefusedBy(ORGANISATION, node.checkAndRecord(line(USER, ARTICLES, 2)));
        quota.plans().update(quota.plans().get("team").orElseThrow().withActive(false), BY_TEST);
        Decision off = node.checkAndRecord(line(USER, ARTICLES, 1));
        assertThat(off.reason()).contains(RefusalReason.PLAN_INACTIVE);
        assertThat(off.refused()).extracting(verdict -> verdict.subject()).contains(TEAM);
        join(USER, ORGANISATION);
        assertAllowed(node.checkAndRecord(line(USER, ARTICLES, 1)));
        assertRefusedBy(ORGANISATION, node.checkAndRecord(line(USER, ARTICLES, 1)));
        quota.pools().leave(USER, BY_TEST);

        assertThat(node.checkAndRecord(USER, ARTICLES).reason()).contains(RefusalReason.NO_PLAN);
    }

    @Test
    @DisplayName("R12: a move that comes again with its key happens once, also after a later one; the audit has each")
    void keysAndAudit() {
        quota.pools().join(USER, OTHER_TEAM, BY_TEST.key("once").because("reorganised"));
        join(USER, TEAM);
        quota.pools().join(USER, OTHER_TEAM, BY_TEST.key("once").because("reorganised"));

        assertThat(quota.pools().of(USER)).contains(TEAM);
        assertThatThrownBy(() -> quota.pools().join(USER, ORGANISATION, BY_TEST.key("once")))
                .isInstanceOf(IdempotencyConflictException.class);
        quota.pools().leave(USER, BY_TEST);
        List<CatalogEntry> history = quota.pools().history(USER, 10);
        assertThat(history).hasSize(4).allMatch(entry -> entry.entity() == CatalogEntry.Entity.MEMBERSHIP);
        assertThat(history.get(2).differences()).hasToString("[pool: " + TEAM + " → " + OTHER_TEAM + "]");
        assertThat(history.get(2).change().reason()).isEqualTo("reorganised");
        assertThat(history.get(0).after()).isNull();
    }

    @Test
    @DisplayName("R42: moves that race with uses leave each use charged to one team, wholly")
    void movesRaceWithUses() {
        quota.subscriptions().override(FeatureOverride.ofLimit(TEAM, ARTICLES, 10_000), BY_TEST);
        quota.subscriptions().override(FeatureOverride.ofLimit(OTHER_TEAM, ARTICLES, 10_000), BY_TEST);
        quota.subscriptions().override(FeatureOverride.ofLimit(ORGANISATION, ARTICLES, 10_000), BY_TEST);
        AtomicInteger working = new AtomicInteger(THREADS - 1);

        onAllThreads((thread, node) -> {
            if (thread == 0) {
                for (int n = 0; working.get() > 0; n++) {
                    node.pools().join(USER, n % 2 == 0 ? OTHER_TEAM : TEAM, BY_TEST);
                }
            } else {
                try {
                    for (int n = 0; n < 20; n++) {
                        assertAllowed(node.checkAndRecord(USER, ARTICLES));
                    }
                } finally {
                    working.decrementAndGet();
                }
            }
        });

        long all = 20L * (THREADS - 1);
        assertThat(used(USER, ARTICLES)).isEqualTo(all);
        assertThat(used(TEAM, ARTICLES) + used(OTHER_TEAM, ARTICLES)).isEqualTo(all);
        assertThat(used(ORGANISATION, ARTICLES)).isEqualTo(used(TEAM, ARTICLES));
    }
}
