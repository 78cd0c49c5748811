package io.quotaguard.testing;

import static io.quotaguard.testing.FaultyStore.Fault.REPLY_LOST;
import static io.quotaguard.testing.FaultyStore.Fault.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R43: what an open failure policy allows without the store. */
abstract class OpenPolicyContract extends FaultyGroup {
    OpenPolicyContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R43: open: the use is allowed, marked, counted, and posted once when the store is back")
    void openFeature() {
        faulty.failAlways(UNAVAILABLE);

        Decision decision = guard.checkAndRecord(line(USER, PUBLISH, 2));
        assertAllowed(decision);
        assertThat(decision.degraded()).isTrue();
        assertThat(guard.statistics().degraded()).isEqualTo(1);
        assertThat(guard.statistics().journaled()).isEqualTo(1);
        assertThat(used(USER, PUBLISH)).isZero();
        faulty.heal();
        awaitPosted();

        assertThat(used(USER, PUBLISH)).isEqualTo(2);
        assertThat(rows(USER)).singleElement().satisfies(row -> {
            assertThat(row.degraded()).isTrue();
            assertThat(row.key()).isEqualTo(decision.key());
        });
    }

    @Test
    @DisplayName(
            "R43: open: a use whose answers were lost, but which was counted, is not counted again when it is posted")
    void openWithLostAnswers() {
        faulty.failNext(3, REPLY_LOST);

        Decision decision = guard.checkAndRecord(line(USER, PUBLISH, 2));
        awaitPosted();

        assertThat(decision.degraded()).isTrue();
        assertThat(used(USER, PUBLISH)).isEqualTo(2);
        assertThat(rows(USER)).hasSize(1);
    }

    @Test
    @DisplayName("R43: open: a use is posted into the window in which it was allowed")
    void openAcrossMidnight() {
        setTime(MIDNIGHT.minusSeconds(1));
        faulty.failAlways(UNAVAILABLE);
        guard.checkAndRecord(USER, PUBLISH);
        setTime(MIDNIGHT);
        faulty.heal();
        awaitPosted();

        assertThat(rows(USER))
                .singleElement()
                .extracting(UsageRecord::window)
                .isEqualTo(new Window(Instant.parse("2026-03-10T00:00:00Z"), MIDNIGHT));
        assertThat(used(USER, PUBLISH)).isZero();
    }

    @Test
    @DisplayName("R43: open: several lines open together or not at all")
    void openWithSeveralLines() {
        faulty.failAlways(UNAVAILABLE);

        Decision both = guard.checkAndRecordAll(List.of(line(USER, PUBLISH, 1), line(USER, KEYWORDS, 1)));
        assertThat(both.degraded()).isTrue();
        assertThatThrownBy(() -> guard.checkAndRecordAll(List.of(line(USER, PUBLISH, 1), line(USER, ARTICLES, 1))))
                .isInstanceOf(QuotaUnavailableException.class);
        faulty.heal();
        awaitPosted();

        assertThat(used(USER, PUBLISH)).isEqualTo(1);
        assertThat(used(USER, KEYWORDS)).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "R43: open does not mean everything: not beyond the limit, not without known terms, and not for a check")
    void openHasItsLimits() {
        QuotaGuard ignorant = guard(faulty);
        faulty.failAlways(UNAVAILABLE);
        faulty.failReads(10);

        assertThatThrownBy(() -> guard.checkAndRecord(line(USER, PUBLISH, 6)))
                .isInstanceOf(QuotaUnavailableException.class);
        assertThatThrownBy(() -> guard.check(USER, PUBLISH)).isInstanceOf(QuotaUnavailableException.class);
        assertThatThrownBy(() -> guard.reset(USER, PUBLISH, BY_TEST)).isInstanceOf(QuotaUnavailableException.class);
        assertThatThrownBy(() -> ignorant.checkAndRecord(USER, PUBLISH)).isInstanceOf(QuotaUnavailableException.class);
        assertThat(guard.statistics().degraded()).isZero();
    }
}
