package io.quotaguard.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloorsTest {
    private static Map<String, Long> figures() {
        Map<String, Long> figures = new HashMap<>();
        for (String feature : new String[] {"hot", "wide", "tick", "held", "leased"}) {
            figures.put("asked of " + feature, 1_000L);
            figures.put("refused by " + feature, 10L);
        }
        for (String figure : new String[] {
            "conflicts", "holds", "corrections", "alerts", "alerts delivered", "plan changes", "counters"
        }) {
            figures.put(figure, 1L);
        }
        figures.put("keys", 1_000L);
        figures.put("keys with effect", 100L);
        return figures;
    }

    @Test
    @DisplayName("A1-E1: a round that had a little of everything proves what it is silent about")
    void enough() {
        assertThat(Floors.missedBy(figures())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "refused by hot, 9, limit of hot",
        "refused by wide, 0, limit of wide",
        "refused by tick, 0, limit of tick",
        "refused by held, 0, limit of held",
        "refused by leased, 0, limit of leased",
        "conflicts, 0, conflicts",
        "holds, 0, holds",
        "corrections, 0, corrections",
        "alerts, 0, alerts",
        "alerts delivered, 0, alerts delivered",
        "plan changes, 0, plan changes",
        "counters, 0, counters",
        "keys with effect, 99, had an effect"
    })
    @DisplayName("A1-E1: a round in which nothing put a promise to the test is no proof of it")
    void tooLittle(String figure, long tooFew, String told) {
        Map<String, Long> figures = figures();
        figures.put(figure, tooFew);

        assertThat(Floors.missedBy(figures)).singleElement().asString().contains(told);
    }

    @Test
    @DisplayName("A1-E1: a round in which every call failed proves nothing")
    void nothing() {
        assertThat(Floors.missedBy(Map.of())).hasSize(13);
    }
}
