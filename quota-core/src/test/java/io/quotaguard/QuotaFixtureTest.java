package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.testing.QuotaFixture;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class QuotaFixtureTest {
    @Test
    @DisplayName("A host's unit test is three lines, and its statements fail when they are wrong")
    void threeLines() {
        try (QuotaFixture quota = fixture()) {
            quota.guard().checkAndRecord("user-42", "articles_per_day").orThrow();
            quota.assertThat("user-42", "articles_per_day")
                    .hasUsed(1)
                    .hasLeft(2)
                    .isAllowed();

            assertThatThrownBy(() ->
                            quota.assertThat("user-42", "articles_per_day").hasUsed(2))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("user-42 / articles_per_day to have used 2, but used 1 of 3");
            assertThatThrownBy(() ->
                            quota.assertThat("user-42", "articles_per_day").hasLeft(3))
                    .isInstanceOf(AssertionError.class);
            assertThatThrownBy(() ->
                            quota.assertThat("user-42", "articles_per_day").isRefused())
                    .isInstanceOf(AssertionError.class);
            assertThatThrownBy(
                            () -> quota.assertThat("nobody", "articles_per_day").isAllowed())
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("NO_PLAN");
        }
    }

    @Test
    @DisplayName("The test moves the clock: what ran out is there again on the next day")
    void nextDay() throws Exception {
        try (QuotaFixture quota = fixture()) {
            for (int use = 0; use < 3; use++) {
                quota.guard().checkAndRecord("user-42", "articles_per_day").orThrow();
            }
            quota.assertThat("user-42", "articles_per_day").isRefused().hasLeft(0);
            assertThatThrownBy(() -> quota.guard()
                            .checkAndRecord("user-42", "articles_per_day")
                            .orThrow())
                    .isInstanceOf(QuotaExceededException.class)
                    .hasMessageContaining("resets at 2026-03-03T00:00:00Z");
            quota.alerts().await(3, Duration.ofSeconds(30));

            quota.clock().advance(Duration.ofHours(12));

            quota.assertThat("user-42", "articles_per_day").hasUsed(0).hasLeft(3);
        }
    }

    @Test
    @DisplayName("Several plans and subscribers stand side by side")
    void severalPlans() {
        try (QuotaFixture quota = fixture()
                .plan("pro", plan -> plan.limit("articles_per_day", 50, ResetPeriod.DAILY))
                .subscriber("user-7", "pro")) {
            quota.assertThat("user-7", "articles_per_day").hasLeft(50);
            assertThat(quota.guard().plans().list()).hasSize(2);
        }
    }

    private static QuotaFixture fixture() {
        return QuotaFixture.withPlan("free", plan -> plan.limit("articles_per_day", 3, ResetPeriod.DAILY))
                .subscriber("user-42");
    }
}
