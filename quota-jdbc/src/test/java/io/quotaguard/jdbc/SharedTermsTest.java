package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R25: the terms of many counters")
class SharedTermsTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant END = Instant.parse("2026-04-01T00:00:00Z");

    @Test
    @DisplayName("R25: terms that differ by the subject's revision alone are sent once")
    void once() {
        SharedTerms shared = shared(terms(version(1, 5, -1), null, null), terms(version(2, 5, -1), null, null));

        assertThat(shared.distinct()).hasSize(1);
        assertThat(shared.subjectRevisions()).containsExactly(1, 2);
        assertThat(shared.plans()).containsOnlyKeys("basic").containsValue(5L);
    }

    @Test
    @DisplayName("R25: of two versions of one plan one is stale, so neither is what the store has")
    void plansDisagree() {
        SharedTerms shared = shared(terms(version(1, 5, -1), null, null), terms(version(1, 6, -1), null, null));

        assertThat(shared.plans()).containsOnlyKeys("basic");
        assertThat(shared.plans().values()).allMatch(version -> version < 0);
    }

    @Test
    @DisplayName("R25: so it is with two revisions of the default plan; who does not depend on it has none")
    void defaultsDisagree() {
        Terms without = terms(version(1, 5, CatalogVersion.NOT_USED), null, null);
        Terms third = terms(version(1, 5, 3), null, null);
        Terms fourth = terms(version(1, 5, 4), null, null);

        assertThat(shared(without).defaultPlan()).isEqualTo(CatalogVersion.NOT_USED);
        assertThat(shared(without, third, without).defaultPlan()).isEqualTo(3);
        assertThat(shared(third, without, fourth).defaultPlan()).isLessThan(CatalogVersion.NOT_USED);
    }

    @Test
    @DisplayName("R25: all of them hold from the last beginning to the first end")
    void holdTogether() {
        Terms always = terms(version(1, 5, -1), null, null);
        Terms early = terms(version(1, 5, -1), START.minusSeconds(5), END.minusSeconds(7));
        Terms late = terms(version(1, 5, -1), START.plusSeconds(5), END.plusSeconds(7));

        assertThat(shared(always).from()).isEqualTo(START);
        assertThat(shared(always).until()).isEqualTo(END);
        assertThat(shared(early, always, late).from()).isEqualTo(START.plusSeconds(5));
        assertThat(shared(late, always, early).until()).isEqualTo(END.minusSeconds(7));
    }

    private static CatalogVersion version(long subject, long plan, long defaultPlan) {
        return new CatalogVersion(subject, "basic", plan, defaultPlan);
    }

    private static Terms terms(CatalogVersion version, @Nullable Instant from, @Nullable Instant until) {
        Limit ten = Limit.of(10);
        return new Terms(
                Standing.GRANTED,
                ten,
                ten,
                Thresholds.DEFAULT,
                LimitSource.NONE,
                new Window(START, END),
                from,
                until,
                version);
    }

    private static SharedTerms shared(Terms... terms) {
        List<CounterKey> counters = new ArrayList<>();
        for (int i = 0; i < terms.length; i++) {
            counters.add(new CounterKey("user-" + i, "articles", START, END));
        }
        return SharedTerms.of(counters, terms);
    }
}
