package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.UsageRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R40, with R1, R3, R7 and R8: what a use of a member is charged to, and who can refuse it. */
abstract class PoolContract extends PoolGroup {
    PoolContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R40: a member's use is charged at every level, each with a row that says on whose behalf")
    void everyLevel() {
        Decision decision = useWithKey("k", USER, ARTICLES, 4);
        use(MATE, ARTICLES, 3);

        assertThat(decision.granted()).isEqualTo(4);
        assertThat(decision.use().subject()).isEqualTo(USER);
        assertThat(decision.subject()).as("the tightest").isEqualTo(TEAM);
        assertThat(decision.remaining()).hasValue(16);
        assertUsed(4, 7, 7);
        assertThat(rows(USER))
                .singleElement()
                .satisfies(row -> assertThat(row.origin()).isNull());
        for (String level : List.of(TEAM, ORGANISATION)) {
            assertThat(rows(level)).last().satisfies(row -> {
                assertThat(row.origin()).isEqualTo(new Origin(USER, ARTICLES, 1));
                assertThat(row.amount()).isEqualTo(4);
                assertThat(row.key()).isEqualTo("k");
            });
        }
    }

    @Test
    @DisplayName("R3: a level without room refuses for all, is named, and nothing is charged anywhere")
    void refusalAtAnyLevel() {
        use(TEAM, ARTICLES, 18);
        assertRefusedBy(TEAM, use(USER, ARTICLES, 3));
        use(ORGANISATION, ARTICLES, 11);
        assertRefusedBy(ORGANISATION, use(USER, ARTICLES, 2));
        Decision both = use(USER, ARTICLES, 3);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 0), BY_TEST);
        assertRefusedBy(USER, use(USER, ARTICLES, 1));

        assertThat(both.refused()).extracting(verdict -> verdict.subject()).containsExactly(ORGANISATION, TEAM);
        assertThat(both.reason()).contains(RefusalReason.EXHAUSTED);
        assertUsed(0, 18, 29);
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R40: a member without a plan has no limit of its own, and an override caps it; the source tells")
    void capOfAMember() {
        Decision uncapped = use(USER, ARTICLES, 5);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 6), BY_TEST);

        assertAllowed(use(USER, ARTICLES, 1));
        Decision refused = use(USER, ARTICLES, 1);

        assertThat(uncapped.use().limit().isUnlimited()).isTrue();
        assertThat(uncapped.use().source().kind()).isEqualTo(LimitSource.Kind.POOL);
        assertThat(uncapped.use().source().plan()).isEqualTo("team");
        assertRefusedBy(USER, refused);
        assertThat(refused.source().kind()).isEqualTo(LimitSource.Kind.OVERRIDE);
        assertAllowed(use(MATE, ARTICLES, 14));
        assertRefusedBy(TEAM, use(MATE, ARTICLES, 1));
    }

    @Test
    @DisplayName("R40: a member with a plan of its own has that plan's limit, within the pool's")
    void planOfAMember() {
        plan("own", feature(ARTICLES, 6, ResetPeriod.DAILY), feature(PUBLISH, 1, ResetPeriod.DAILY));
        subscribe(USER, "own");

        assertThat(use(USER, ARTICLES, 5).use().limit().units()).isEqualTo(6);
        assertRefusedBy(USER, use(USER, ARTICLES, 2));
        use(MATE, ARTICLES, 15);
        assertRefusedBy(TEAM, use(USER, ARTICLES, 1));
        assertAllowed(use(USER, PUBLISH, 1));
        assertRefusedBy(USER, use(USER, PUBLISH, 1));
        assertThat(use(MATE, PUBLISH).use().refusal()).isEqualTo(RefusalReason.NO_PLAN);
    }

    @Test
    @DisplayName("R40: the default plan counts neither for a member nor for a pool on its members' behalf")
    void defaultPlan() {
        plan("free", feature(ARTICLES, 2, ResetPeriod.DAILY), feature(PUBLISH, 2, ResetPeriod.DAILY));
        quota.plans().setDefault("free", BY_TEST);
        join("user-44", "club");

        assertAllowed(use(USER, ARTICLES, 10));
        assertThat(use(USER, PUBLISH).use().refusal()).isEqualTo(RefusalReason.NO_PLAN);
        assertThat(use("user-44", ARTICLES).reason()).contains(RefusalReason.NO_PLAN);
        assertAllowed(use("club", ARTICLES, 2));
        quota.pools().leave("user-44", BY_TEST);

        assertAllowed(use("user-44", ARTICLES, 2));
        assertRefused(use("user-44", ARTICLES, 1));
    }

    @Test
    @DisplayName("R40: a pool's alerts are the pool's, and its grants are used by its members")
    void alertsAndGrantsOfAPool() {
        use(USER, ARTICLES, 10);
        use(MATE, ARTICLES, 6);

        assertThat(fired(TEAM)).containsExactly(80);
        assertThat(alerts(TEAM)).extracting(Alert::used).containsExactly(16L);
        assertThat(fired(USER)).isEmpty();
        long grant = quota.grants().give(Grant.of(TEAM, ARTICLES, 5), BY_TEST).id();
        assertAllowed(use(USER, ARTICLES, 7));
        assertThat(rows(TEAM).get(0).grants()).isEqualTo(Map.of(grant, 3L));
        assertThat(rows(USER).get(0).grants()).isEmpty();
        assertRefusedBy(TEAM, use(MATE, ARTICLES, 3));
        assertAllowed(use(MATE, ARTICLES, 2));
    }

    @Test
    @DisplayName("R8: members, and their pool itself, may use the same key, and each is a use of its own")
    void sameKey() {
        assertThat(useWithKey("k", USER, ARTICLES, 1).replayed()).isFalse();
        assertThat(useWithKey("k", MATE, ARTICLES, 2).replayed()).isFalse();
        assertThat(useWithKey("k", TEAM, ARTICLES, 3).replayed()).isFalse();
        assertThat(useWithKey("k", MATE, ARTICLES, 2).replayed()).isTrue();

        assertUsed(1, 6, 6);
        assertThat(rows(TEAM)).extracting(UsageRecord::key).containsExactly("k", "k", "k");
        assertThatThrownBy(() -> useWithKey("k", TEAM, ARTICLES, 2)).isInstanceOf(IdempotencyConflictException.class);
    }

    @Test
    @DisplayName("R7: the retry of a member that has moved since is the first answer, and charges nobody anew")
    void retryAfterTheMove() {
        Decision first = useWithKey("k", USER, ARTICLES, 4);
        join(USER, OTHER_TEAM);

        Decision again = useWithKey("k", USER, ARTICLES, 4);

        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(used(OTHER_TEAM, ARTICLES)).isZero();
        assertUsed(4, 4, 4);
    }

    @Test
    @DisplayName("R3: two members in one call share what their team has left")
    void twoMembersInOneCall() {
        use(TEAM, ARTICLES, 15);

        Decision refused = quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 3), line(MATE, ARTICLES, 3)));
        assertRefusedBy(TEAM, refused);
        assertUsed(0, 15, 15);
        Decision allowed = quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 3), line(MATE, ARTICLES, 2)));

        assertThat(allowed.granted()).isEqualTo(5);
        assertUsed(3, 20, 20);
        assertThat(used(MATE, ARTICLES)).isEqualTo(2);
        assertThat(rows(TEAM))
                .extracting(row -> row.origin() == null ? TEAM : row.origin().subject())
                .containsExactlyInAnyOrder(USER, MATE, TEAM);
    }

    @Test
    @DisplayName("R3: a member and its team in one call are charged to the team together")
    void memberAndTeamInOneCall() {
        use(TEAM, ARTICLES, 15);

        assertRefusedBy(TEAM, quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 3), line(TEAM, ARTICLES, 3))));
        assertAllowed(quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 3), line(TEAM, ARTICLES, 2))));

        assertUsed(3, 20, 20);
    }

    @Test
    @DisplayName("R18: the reset of a member leaves its pools as they are, and that of a pool its members")
    void resets() {
        use(USER, ARTICLES, 4);

        quota.reset(USER, ARTICLES, BY_TEST);
        assertUsed(0, 4, 4);
        use(USER, ARTICLES, 2);
        quota.reset(TEAM, ARTICLES, BY_TEST);

        assertUsed(2, 0, 6);
    }

    @Test
    @DisplayName("R37: a correction goes back on every level, also after the member moved; a reset level is left alone")
    void corrections() {
        useWithKey("k", USER, ARTICLES, 9);
        Correction.Use use = Correction.ofKey(USER, ARTICLES, "k");
        quota.usage().correct(use.to(7), BY_TEST);
        assertUsed(7, 7, 7);
        join(USER, OTHER_TEAM);
        use(USER, ARTICLES, 1);

        assertThat(quota.usage().correct(use.to(4), BY_TEST).granted()).isEqualTo(3);
        assertUsed(5, 4, 4);
        quota.reset(TEAM, ARTICLES, BY_TEST);
        quota.usage().correct(use.to(1), BY_TEST);

        assertUsed(2, 0, 1);
        assertThat(used(OTHER_TEAM, ARTICLES)).isEqualTo(1);
        long onBehalf = rows(ORGANISATION).get(rows(ORGANISATION).size() - 1).id();
        assertThatThrownBy(
                        () -> quota.usage().correct(Correction.ofRow(onBehalf).by(1), BY_TEST))
                .isInstanceOf(io.quotaguard.model.InvalidQuotaArgumentException.class)
                .hasMessageContaining(USER)
                .hasMessageContaining("R37");
    }

    @Test
    @DisplayName("R1: members that race from many nodes never come to more than their team has, and all levels agree")
    void racing() {
        for (int n = 0; n < THREADS; n++) {
            join("member-" + n, TEAM);
        }
        LongAdder allowed = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 10; n++) {
                allowed.add(node.checkAndRecord("member-" + thread, ARTICLES).granted());
            }
        });

        assertThat(allowed.sum()).isEqualTo(20);
        assertUsed(0, 20, 20);
        long members = 0;
        for (int n = 0; n < THREADS; n++) {
            members += used("member-" + n, ARTICLES);
        }
        assertThat(members).isEqualTo(20);
    }
}
