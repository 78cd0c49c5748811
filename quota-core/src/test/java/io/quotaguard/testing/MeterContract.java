package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.Meter;
import io.quotaguard.Reservation;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A meter, and a use by names again and again, answer as the first use did: with whatever is in force now. */
abstract class MeterContract extends ContractGroup {
    MeterContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R1: a meter charges up to the limit and no further, also beside uses by names")
    void limit() {
        dailyArticles(5);
        Meter meter = quota.meter(USER, ARTICLES);

        assertThat(meter.tryRecord()).isTrue();
        assertThat(meter.checkAndRecord().remaining()).hasValue(3);
        assertThat(use(USER, ARTICLES).remaining()).hasValue(2);
        assertThat(meter.check(3).allowed()).isFalse();
        assertThat(meter.tryRecord(3)).isFalse();
        assertThat(meter.checkAndRecord(2).remaining()).hasValue(0);
        assertThat(meter.checkAndRecord().reason()).hasValue(RefusalReason.EXHAUSTED);
        assertThat(meter.check().allowed()).isFalse();
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
        assertThat(fired(USER)).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R25: a meter follows edits, overrides, subscriptions, pools and the end of its window")
    void follows() {
        dailyArticles(100);
        Meter meter = quota.meter(USER, ARTICLES);
        assertThat(meter.checkAndRecord(2).remaining()).hasValue(98);
        assertThat(meter.checkAndRecord(2).remaining()).hasValue(96);

        quota.plans().update(editedTo(50), BY_TEST);
        assertThat(meter.checkAndRecord().remaining()).hasValue(45);
        assertThat(meter.checkAndRecord().source().planVersion()).isEqualTo(2);
        quota.subscriptions().override(FeatureOverride.of(USER, ARTICLES).limit(20), BY_TEST);
        assertThat(meter.checkAndRecord().source().kind()).isEqualTo(LimitSource.Kind.OVERRIDE);
        assertThat(meter.checkAndRecord().remaining()).hasValue(12);
        plan("team", feature(ARTICLES, 3, ResetPeriod.DAILY));
        subscribe("team-7", "team");
        quota.pools().join(USER, "team-7", BY_TEST);
        assertThat(meter.checkAndRecord(2).verdicts()).hasSize(2);
        assertThat(meter.checkAndRecord(2).subject()).isEqualTo("team-7");
        quota.pools().leave(USER, BY_TEST);
        assertThat(meter.checkAndRecord().verdicts()).hasSize(1);
        assertThat(meter.checkAndRecord().remaining()).hasValue(8);
        setTime(MIDNIGHT);
        assertThat(meter.checkAndRecord().remaining()).hasValue(19);
        assertThat(meter.checkAndRecord().used()).isEqualTo(2);
    }

    @Test
    @DisplayName("R25, R2: a check, by a meter or by names, finds what is in force and used now, and changes nothing")
    void checks() {
        dailyArticles(10);
        Meter meter = quota.meter(USER, ARTICLES);
        bothChecks(meter, 10, 10);
        meter.checkAndRecord(4);
        bothChecks(meter, 6, 6);
        quota.plans().update(editedTo(7), BY_TEST);
        bothChecks(meter, 3, 3);
        Reservation held = quota.reserve(Usage.of(USER, ARTICLES).amount(2), Duration.ofMinutes(1));
        bothChecks(meter, 1, 1);
        assertThat(meter.check(2).reason()).hasValue(RefusalReason.HELD);
        held.release();
        quota.grants().give(Grant.of(USER, ARTICLES, 5), BY_TEST);
        bothChecks(meter, 8, 8);
        setTime(MIDNIGHT);
        bothChecks(meter, 12, 12);
        assertThat(meter.check(Units.MAX).reason()).hasValue(RefusalReason.EXHAUSTED);
        assertThat(quota.check(Usage.of(USER, ARTICLES).key("shown")).key()).isEqualTo("shown");
        assertThat(used(USER, ARTICLES)).isZero();
        assertThat(rows(USER)).hasSize(1);
    }

    /** Twice by each: the first time may take the long way, the second the short one. */
    private void bothChecks(Meter meter, long left, long fits) {
        for (int n = 0; n < 2; n++) {
            assertThat(meter.check().remaining()).hasValue(left);
            assertThat(quota.check(USER, ARTICLES).remaining()).hasValue(left);
            assertThat(meter.check(fits).allowed()).isTrue();
            assertThat(quota.check(Usage.of(USER, ARTICLES).amount(fits + 1)).allowed())
                    .isFalse();
        }
    }

    @Test
    @DisplayName("R7, R8: a key counts once whichever way it comes, and stands for one request")
    void keys() {
        dailyArticles(5);
        Meter meter = quota.meter(USER, ARTICLES);
        meter.checkAndRecord(1, "warm");
        Decision first = meter.checkAndRecord(3, "batch");

        assertThat(first.key()).isEqualTo("batch");
        assertThat(first.replayed()).isFalse();
        assertThat(meter.checkAndRecord(3, "batch").replayed()).isTrue();
        assertThat(useWithKey("batch", USER, ARTICLES, 3).replayed()).isTrue();
        assertThatThrownBy(() -> meter.checkAndRecord(2, "batch")).isInstanceOf(IdempotencyConflictException.class);
        assertThat(used(USER, ARTICLES)).isEqualTo(4);
    }

    @Test
    @DisplayName("R13, R7: a key that was made for a use can be repeated, among callers' keys and after its window too")
    void madeKeys() {
        dailyArticles(1000);
        Meter meter = quota.meter(USER, ARTICLES);
        List<Decision> decisions = new ArrayList<>();
        for (int n = 0; n < 30; n++) {
            decisions.add(n % 3 == 0 ? use(USER, ARTICLES) : meter.checkAndRecord(n + 1));
            meter.checkAndRecord(1, "own " + n);
        }
        setTime(MIDNIGHT);
        meter.checkAndRecord();
        meter.checkAndRecord();

        for (Decision decision : decisions) {
            Decision again =
                    useWithKey(decision.key(), USER, ARTICLES, decision.use().amount());
            assertThat(again.replayed()).as("replayed, by %s", again).isTrue();
            assertThat(again.used()).isEqualTo(decision.used());
        }
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
        assertThat(new HashSet<>(rows(USER).stream().map(UsageRecord::key).toList()))
                .hasSize(62)
                .containsAll(decisions.stream().map(Decision::key).toList());
        String unknown = "01930000-0000-7000-8000-000000000000";
        assertThat(useWithKey(unknown, USER, ARTICLES, 1).replayed()).isFalse();
    }

    @Test
    @DisplayName("R1: of many threads on one meter and by names exactly as many are allowed as fit")
    void races() {
        dailyArticles(200);
        Meter meter = quota.meter(USER, ARTICLES);
        AtomicInteger allowed = new AtomicInteger();
        Crowd.run(6, thread -> {
            for (int n = 0; n < 50; n++) {
                boolean fits = thread % 2 == 0
                        ? meter.tryRecord()
                        : use(USER, ARTICLES).allowed();
                allowed.addAndGet(fits ? 1 : 0);
            }
        });

        assertThat(allowed).hasValue(200);
        assertThat(used(USER, ARTICLES)).isEqualTo(200);
        assertThat(rows(USER).stream().mapToLong(UsageRecord::usedAfter).distinct())
                .hasSize(200);
        assertThat(quota.statistics().allowed()).isEqualTo(200);
        assertThat(quota.statistics().refused()).isEqualTo(100);
    }

    @Test
    @DisplayName("R6, R46: a meter takes no bad name, amount or key")
    void badInput() {
        dailyArticles(5);
        Meter meter = quota.meter(USER, ARTICLES);
        meter.checkAndRecord();

        assertThatThrownBy(() -> quota.meter(" ", ARTICLES)).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThatThrownBy(() -> meter.checkAndRecord(0)).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThatThrownBy(() -> meter.check(-1)).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThatThrownBy(() -> meter.checkAndRecord(1, "a\nb")).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThat(used(USER, ARTICLES)).isEqualTo(1);
    }
}
