package io.quotaguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The terms of a line")
class TermsTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant NOON = START.plus(Duration.ofHours(12));
    private static final Instant END = START.plus(Duration.ofDays(1));
    private static final Window DAY = new Window(START, END);
    private static final Window DAY_BEFORE = new Window(START.minus(Duration.ofDays(1)), START);

    private static Terms terms(Standing standing, Window window, @Nullable Instant from, @Nullable Instant until) {
        return new Terms(
                standing,
                Limit.of(10),
                Limit.of(12),
                Thresholds.DEFAULT,
                LimitSource.NONE,
                window,
                from,
                until,
                new CatalogVersion(1, "pro", 2, CatalogVersion.NOT_USED),
                true);
    }

    private static Terms terms(@Nullable Instant from, @Nullable Instant until) {
        return terms(Standing.GRANTED, DAY, from, until);
    }

    @Test
    @DisplayName("R14, R19: hold in their window, from its start on and not at its end")
    void window() {
        Terms terms = terms(null, null);
        assertThat(terms.holdAt(START)).isTrue();
        assertThat(terms.holdAt(START.minusNanos(1))).isFalse();
        assertThat(terms.holdAt(END.minusNanos(1))).isTrue();
        assertThat(terms.holdAt(END)).isFalse();
        assertThat(terms.areInForceAt(END)).as("whatever the window").isTrue();
    }

    @Test
    @DisplayName("R24: are in force from their beginning on up to their exact end")
    void inForce() {
        Terms terms = terms(NOON, NOON.plusSeconds(1));
        assertThat(terms.areInForceAt(NOON.minusNanos(1))).isFalse();
        assertThat(terms.areInForceAt(NOON)).isTrue();
        assertThat(terms.areInForceAt(NOON.plusSeconds(1))).isFalse();
        assertThat(terms.holdAt(NOON)).isTrue();
        assertThat(terms.holdAt(NOON.minusNanos(1))).isFalse();
    }

    @Test
    @DisplayName("R32, R36: for an earlier window nothing fires, and the limit counts while the feature is had")
    void forEarlier() {
        Terms earlier = terms(null, null).forEarlier(DAY_BEFORE);
        assertThat(earlier)
                .isEqualTo(new Terms(
                        Standing.GRANTED,
                        Limit.of(10),
                        Limit.of(12),
                        Thresholds.NONE,
                        LimitSource.NONE,
                        DAY_BEFORE,
                        START,
                        END,
                        earlier.version(),
                        true));
        assertThat(terms(null, null).forEarlier(DAY).thresholds())
                .as("it is the current one still")
                .isEqualTo(Thresholds.DEFAULT);
    }

    @Test
    @DisplayName("R36: what was held of a feature that is gone meanwhile has no limit any more, and fires nothing")
    void forGoneFeature() {
        Terms gone = terms(Standing.NO_FEATURE, DAY, null, null).forEarlier(DAY);
        assertThat(gone.standing()).isEqualTo(Standing.GRANTED);
        assertThat(gone.limit()).isEqualTo(Limit.unlimited());
        assertThat(gone.ceiling()).isEqualTo(Limit.unlimited());
        assertThat(gone.thresholds()).isEqualTo(Thresholds.NONE);
    }

    @Test
    @DisplayName("R19, R36: for an earlier window they hold while the current one does, and no longer than they held")
    void spanForEarlier() {
        Terms inside = terms(NOON, NOON.plusSeconds(1)).forEarlier(DAY_BEFORE);
        assertThat(inside.validFrom()).isEqualTo(NOON);
        assertThat(inside.validUntil()).isEqualTo(NOON.plusSeconds(1));
        Terms outside = terms(START.minusSeconds(1), END.plusSeconds(1)).forEarlier(DAY_BEFORE);
        assertThat(outside.validFrom()).isEqualTo(START);
        assertThat(outside.validUntil()).isEqualTo(END);
        Terms endless = terms(Standing.GRANTED, Window.PERMANENT, null, NOON).forEarlier(DAY_BEFORE);
        assertThat(endless.validUntil()).isEqualTo(NOON);
    }
}
