package io.quotaguard.testing;

import static io.quotaguard.testing.FaultyStore.Fault.HANGING;
import static io.quotaguard.testing.FaultyStore.Fault.REPLY_LOST;
import static io.quotaguard.testing.FaultyStore.Fault.UNAVAILABLE;
import static io.quotaguard.testing.FaultyStore.Fault.UNAVAILABLE_FOR_GOOD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R43 and R45: answers when the store cannot be asked, or its answer is lost. */
abstract class FailureContract extends FaultyGroup {
    FailureContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R43: closed, the default: without the store the call fails, and nothing is recorded")
    void closedFeature() {
        faulty.failAlways(UNAVAILABLE);

        assertThatThrownBy(() -> guard.checkAndRecord(USER, ARTICLES)).isInstanceOf(QuotaUnavailableException.class);
        faulty.heal();

        assertThat(rows(USER)).isEmpty();
        assertThat(guard.statistics().unavailable()).isEqualTo(1);
        assertAllowed(guard.checkAndRecord(USER, ARTICLES));
    }

    @Test
    @DisplayName("R43: a fault that passes while there is time is not seen by the caller")
    void passingFault() {
        faulty.failNext(2, UNAVAILABLE);

        Decision decision = guard.checkAndRecord(USER, ARTICLES);

        assertAllowed(decision);
        assertThat(decision.replayed()).isFalse();
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R43: a fault that trying again cannot mend is not tried again")
    void faultForGood() {
        faulty.failNext(1, UNAVAILABLE_FOR_GOOD);
        int before = faulty.executions();

        assertThatThrownBy(() -> guard.checkAndRecord(USER, ARTICLES)).isInstanceOf(QuotaUnavailableException.class);

        assertThat(faulty.executions() - before).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultyStore.Fault.class,
            names = {"REPLY_LOST", "REQUEST_LOST"})
    @DisplayName("R43: an outcome that stays unknown is its own error with the key, and the retry with it counts once")
    void unknownOutcome(FaultyStore.Fault fault) {
        faulty.failNext(3, fault);

        OutcomeUnknownException unknown = catchThrowableOfType(
                OutcomeUnknownException.class, () -> guard.checkAndRecord(line(USER, ARTICLES, 3)));
        String key = String.valueOf(unknown.key());
        Decision retry = guard.checkAndRecord(line(USER, ARTICLES, 3).key(key));

        assertThat(unknown).hasMessageContaining(key).hasMessageContaining("R43");
        assertThat(guard.statistics().unknown()).isEqualTo(1);
        assertAllowed(retry);
        assertThat(retry.replayed()).isEqualTo(fault == REPLY_LOST);
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName(
            "R43: unknown stays unknown when the store goes away after it, and never becomes 'nothing was recorded'")
    void unknownStaysUnknown() {
        faulty.failNext(1, REPLY_LOST);
        faulty.failNext(5, UNAVAILABLE);

        assertThatThrownBy(() -> guard.checkAndRecord(line(USER, ARTICLES, 3).key("k")))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class,
                        unknown -> assertThat(unknown.key()).isEqualTo("k"));
    }

    @Test
    @DisplayName("R43: a check whose answer was lost is unavailable, since it recorded nothing whatever became of it")
    void lostCheck() {
        faulty.failNext(3, REPLY_LOST);

        assertThatThrownBy(() -> guard.check(USER, ARTICLES)).isInstanceOf(QuotaUnavailableException.class);
        faulty.failNext(2, REPLY_LOST);

        assertAllowed(guard.check(USER, ARTICLES));
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R43: what a store throws is an unknown outcome like any other, and the guard's retry counts once")
    void throwingStore() {
        faulty.failNext(1, FaultyStore.Fault.BROKEN);

        assertAllowed(guard.checkAndRecord(USER, ARTICLES));
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R43: the catalog may be away as well: closed fails, and a passing fault is not seen")
    void catalogAway() {
        faulty.failReads(1);
        assertAllowed(guard(faulty).checkAndRecord(USER, ARTICLES));
        faulty.failReads(100);

        assertThatThrownBy(() -> guard(faulty).checkAndRecord(USER, ARTICLES))
                .isInstanceOf(QuotaUnavailableException.class);
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R45: a store that hangs holds up a call no longer than its time-out, checks and overviews too")
    void hangingStore() {
        QuotaGuard hasty = closing(
                QuotaGuard.builder(faulty).timeout(Duration.ofMillis(200)).build());
        hasty.check(USER, ARTICLES);
        faulty.failAlways(HANGING);

        assertFailsInTime(() -> hasty.checkAndRecord(USER, ARTICLES));
        assertFailsInTime(() -> hasty.check(USER, ARTICLES));
        assertFailsInTime(() -> hasty.overview(USER));
        assertThat(hasty.checkAndRecord(USER, PUBLISH).degraded()).isTrue();
        faulty.heal();
        Await.until("the journal is empty", () -> hasty.statistics().journaled() == 0);
        assertThat(used(USER, ARTICLES)).isZero();
    }

    @Test
    @DisplayName("R45: a slow answer within the deadline is an answer, and one beyond it counts nothing")
    void slowStore() {
        faulty.delay(Duration.ofMillis(50));
        faulty.failNext(1, FaultyStore.Fault.DELAYED);
        assertAllowed(guard.checkAndRecord(USER, ARTICLES));
        QuotaGuard hasty = closing(
                QuotaGuard.builder(faulty).timeout(Duration.ofMillis(200)).build());
        hasty.check(USER, ARTICLES);
        faulty.delay(Duration.ofHours(1));
        faulty.failNext(1, FaultyStore.Fault.DELAYED);

        assertFailsInTime(() -> hasty.checkAndRecord(USER, ARTICLES));
        assertThat(used(USER, ARTICLES)).isEqualTo(1);
    }

    /** The bound is generous because the machine may be busy; the point is that it is one. */
    private static void assertFailsInTime(Runnable call) {
        long start = System.nanoTime();
        assertThatThrownBy(call::run).isInstanceOf(QuotaUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("R43: at random, whatever the faults: what was allowed is counted once, and what is known is true")
    void randomFaults() {
        plan("much", feature(ARTICLES, 1000, ResetPeriod.DAILY));
        subscribe(USER, "much");
        faulty.failAtRandom(20260310, 0.4);
        int allowed = 0;
        for (int n = 0; n < 200; n++) {
            Usage usage = line(USER, ARTICLES, 1).key("use-" + n);
            allowed += allowedAtLast(usage) ? 1 : 0;
        }
        faulty.heal();

        assertThat(allowed).isEqualTo(200);
        assertThat(used(USER, ARTICLES)).isEqualTo(200);
        assertThat(guard.statistics().unknown() + guard.statistics().unavailable())
                .isPositive();
    }

    /** Does what a host does: it repeats the call with its key until it knows. */
    private boolean allowedAtLast(Usage usage) {
        while (true) {
            try {
                return guard.checkAndRecord(usage).allowed();
            } catch (OutcomeUnknownException e) {
                assertThat(e.key()).isEqualTo(usage.key());
            } catch (QuotaUnavailableException e) {
                assertThat(rows(USER)).noneMatch(row -> row.key().equals(usage.key()));
            }
        }
    }
}
