package io.quotaguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A line of a command")
class LineTest {
    private static final Instant SOON = Instant.parse("2026-03-01T12:00:00Z");

    private static Terms terms(Standing standing) {
        return new Terms(
                standing,
                Limit.of(10),
                Limit.of(12),
                Thresholds.DEFAULT,
                LimitSource.NONE,
                Window.PERMANENT,
                null,
                null,
                new CatalogVersion(0, null, 0, 0));
    }

    private static Line line(Standing standing) {
        return new Line("u", "f", 3, terms(standing));
    }

    private static Line of(String subject, String feature, @Nullable Origin origin) {
        return new Line(subject, feature, 1, terms(Standing.GRANTED), origin);
    }

    @Test
    @DisplayName(
            "R3: lines are locked by subject, then feature; of one counter the use comes first, then others by name")
    void order() {
        List<Line> ascending = List.of(
                of("a", "z", null),
                of("b", "a", new Origin("z", "z", 1)),
                of("b", "f", null),
                of("b", "f", new Origin("m", "f", 5)),
                of("b", "f", new Origin("m", "g", 1)),
                of("b", "f", new Origin("n", "e", 1)),
                of("b", "g", null),
                of("c", "a", new Origin("a", "a", 1)));
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                assertThat(Integer.signum(ascending.get(i).compareTo(ascending.get(j))))
                        .as("%s and %s", ascending.get(i), ascending.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Test
    @DisplayName(
            "R40: lines share a counter's owner when subject and feature are the same, on whose behalf ever they are")
    void sharesOwner() {
        Line line = of("u", "f", null);
        assertThat(line.sharesOwner(of("u", "f", new Origin("v", "g", 2)))).isTrue();
        assertThat(line.sharesOwner(of("u", "g", null))).isFalse();
        assertThat(line.sharesOwner(of("v", "f", null))).isFalse();
    }

    @Test
    @DisplayName("R40: one unit of a use takes one of its own counter, and its rate of another")
    void rate() {
        assertThat(of("u", "f", null).rate()).isEqualTo(1);
        Line credits = of("u", "credits", new Origin("u", "f", 10));
        assertThat(credits.rate()).isEqualTo(10);
        assertThat(credits.withAmount(30)).isEqualTo(new Line("u", "credits", 30, credits.terms(), credits.origin()));
    }

    @Test
    @DisplayName("R1, R41: what fits below the ceiling passes, on top of it what grants give")
    void passes() {
        Line line = line(Standing.GRANTED);
        assertThat(line.refusal(2, new Counter(10, 0), 0)).isNull();
        assertThat(line.refusal(3, new Counter(10, 0), 1)).isNull();
        assertThat(line.refusal(3, new Counter(10, 0), 0)).isEqualTo(RefusalReason.EXHAUSTED);
        assertThat(line.refusal(3, new Counter(8, 1), 0)).isNull();
    }

    @Test
    @DisplayName("R34: what only holds are in the way of is refused as held")
    void held() {
        Line line = line(Standing.GRANTED);
        assertThat(line.refusal(3, new Counter(9, 1), 0)).isEqualTo(RefusalReason.HELD);
        assertThat(line.refusal(3, new Counter(10, 1), 0)).isEqualTo(RefusalReason.EXHAUSTED);
    }

    @Test
    @DisplayName("R4: without the feature the reason is why, whatever the counter shows")
    void withoutFeature() {
        assertThat(line(Standing.NO_FEATURE).refusal(1, Counter.ZERO, 0)).isEqualTo(RefusalReason.NO_FEATURE);
    }

    @Test
    @DisplayName(
            "R5: a verdict tells the limit with grants, the window where there is one, and when a hold in the way expires")
    void verdict() {
        Counter counter = new Counter(4, 2);
        Verdict passed = line(Standing.GRANTED).verdict(null, counter, 5, 1, SOON);
        assertThat(passed)
                .isEqualTo(new Verdict(
                        "u", "f", 3, null, Limit.of(15), counter, Window.PERMANENT, LimitSource.NONE, 1, null, null));
        assertThat(line(Standing.GRANTED)
                        .verdict(RefusalReason.HELD, counter, 0, 0, SOON)
                        .heldUntil())
                .isEqualTo(SOON);
        assertThat(line(Standing.GRANTED)
                        .verdict(RefusalReason.EXHAUSTED, counter, 0, 0, SOON)
                        .heldUntil())
                .isNull();
        assertThat(line(Standing.NO_PLAN)
                        .verdict(RefusalReason.NO_PLAN, counter, 0, 0, null)
                        .window())
                .isNull();
    }
}
