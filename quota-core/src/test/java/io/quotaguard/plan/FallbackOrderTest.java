package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R4: the order in which a file's plans are saved")
class FallbackOrderTest {
    private static Plan plan(String code, @Nullable String fallback) {
        return Plan.named(code).fallback(fallback).build();
    }

    private static List<String> order(List<Plan> plans, Plan... others) {
        return FallbackOrder.of(plans, List.of(others)).stream().map(Plan::code).toList();
    }

    /** Plans of which each falls back to the next, and the last to the first. */
    private static List<Plan> round(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> plan("p" + i, "p" + (i + 1) % count))
                .toList();
    }

    @Test
    @DisplayName("is the file's own, but for fallbacks, which come before those that name them")
    void fallbacksFirst() {
        assertThat(order(List.of(plan("a", null), plan("b", "d"), plan("c", null), plan("d", "e"), plan("e", null))))
                .containsExactly("a", "e", "d", "b", "c");
    }

    @Test
    @DisplayName("follows fallbacks through plans that only the store has, and saves none of these")
    void throughTheStore() {
        assertThat(order(List.of(plan("a", "x"), plan("b", null)), plan("x", "b"), plan("y", null)))
                .containsExactly("b", "a");
        assertThat(order(List.of(plan("a", "nowhere")))).containsExactly("a");
    }

    @Test
    @DisplayName("counts the file's word on a plan, not the store's")
    void fileFirst() {
        assertThat(order(List.of(plan("a", "b"), plan("b", null)), plan("b", "a")))
                .containsExactly("b", "a");
    }

    @Test
    @DisplayName("does not exist for fallbacks that lead round, which the error shows, up to twenty plans of them")
    void cycles() {
        assertThatThrownBy(() -> order(List.of(plan("c", null), plan("a", "x")), plan("x", "a")))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll("plans[1].fallback", "a → x → a");
        assertThatThrownBy(() -> order(round(20))).hasMessageContaining("p19 → p0");
        assertThatThrownBy(() -> order(round(21)))
                .hasMessageContaining("p19 → … → p0")
                .message()
                .doesNotContain("p20");
    }
}
