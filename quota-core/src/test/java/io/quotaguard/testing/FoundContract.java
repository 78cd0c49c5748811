package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Grant;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What {@link SequenceContract} once found, each as it was told by the shortest sequence. */
abstract class FoundContract extends ContractGroup {
    private static final String CREDITS = "credits";
    private static final Duration TTL = Duration.ofMinutes(30);

    FoundContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    final void plans() {
        plan(
                "paid",
                feature(CREDITS, 100, ResetPeriod.MONTHLY),
                feature(ARTICLES, 5, ResetPeriod.DAILY).drawing(10, CREDITS),
                feature(KEYWORDS, -1, ResetPeriod.NEVER));
        subscribe(USER, "paid");
    }

    private void correct(Correction correction) {
        assertAllowed(quota.usage().correct(correction, BY_TEST));
    }

    @Test
    @DisplayName("R37: of a use that was reset, corrections take nothing back twice from what else it was charged to")
    void correctedAfterAReset() {
        useWithKey("k", USER, ARTICLES, 4);
        Correction.Use use = Correction.ofKey(USER, ARTICLES, "k");
        quota.reset(USER, ARTICLES, BY_TEST);

        correct(use.to(3));
        assertThat(used(USER, CREDITS)).isEqualTo(30);
        correct(use.to(3));
        assertThat(used(USER, CREDITS)).as("the same once more").isEqualTo(30);
        correct(use.by(2));
        correct(use.by(2));

        assertThat(used(USER, CREDITS)).isZero();
        assertThat(used(USER, ARTICLES)).isZero();
    }

    @Test
    @DisplayName("R34: HELD is said only when every line that refuses would have room again")
    void heldBesideUsedUp() {
        use(USER, ARTICLES, 5);
        quota.reserve(line(USER, CREDITS, 50), TTL).orThrow();

        Decision refused = use(USER, ARTICLES, 1);

        assertThat(refused.refused()).hasSize(2);
        assertThat(refused.reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(refused.heldUntil()).isEmpty();
    }

    @Test
    @DisplayName("R31: a hold fires nothing, also when a grant has expired since the last use; the next use does")
    void holdAfterAGrantHasExpired() {
        quota.grants().give(Grant.of(USER, ARTICLES, 1).until(NOON.plusSeconds(60)), BY_TEST);
        use(USER, ARTICLES, 4);
        setTime(NOON.plusSeconds(60));

        quota.reserve(line(USER, ARTICLES, 1), TTL).orThrow().release();
        assertThat(fired(USER)).isEmpty();
        use(USER, ARTICLES, 1);

        assertThat(alerts(USER)).extracting(Alert::used).containsExactly(5L, 5L, 5L);
    }

    @Test
    @DisplayName("R6: at the largest sum, a reservation is found and a forecast is made as ever")
    void readAtTheLargestSum() {
        String id = quota.reserve(line(USER, KEYWORDS, 1), TTL).orThrow().id();
        use(USER, KEYWORDS, Units.MAX - 1);

        assertThat(quota.usage().forecast(USER, KEYWORDS).orElseThrow().used()).isEqualTo(Units.MAX - 1);
        assertAllowed(quota.reservation(id).orElseThrow().commit());

        assertThat(quota.usage().forecast(USER, KEYWORDS).orElseThrow().used()).isEqualTo(Units.MAX);
        assertThat(quota.reservation(id)).isPresent();
    }
}
