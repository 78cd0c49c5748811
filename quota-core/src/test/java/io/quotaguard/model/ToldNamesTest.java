package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A name that turns the direction of what follows, in the message about something else")
class ToldNamesTest {
    private static final String TURNS_ROUND = "\u202Eseludom";
    private static final String TOLD = "\\u202Eseludom";

    @Test
    @DisplayName("R46: of a text of metadata is told by what it is")
    void metadata() {
        Usage usage = Usage.of("user", "articles");

        assertThatThrownBy(() -> usage.with(TURNS_ROUND, "\0"))
                .isInstanceOfSatisfying(InvalidQuotaArgumentException.class, ToldNamesTest::isPrintable);
    }

    @Test
    @DisplayName("R46: of a feature without a limit is told by what it is")
    @SuppressWarnings("NullAway")
    void feature() {
        assertThatThrownBy(() -> PlanFeature.of(TURNS_ROUND, null, ResetPeriod.DAILY))
                .isInstanceOfSatisfying(InvalidQuotaArgumentException.class, ToldNamesTest::isPrintable);
    }

    private static void isPrintable(QuotaException failure) {
        assertThat(failure).hasMessageContaining(TOLD).hasMessageNotContaining(TURNS_ROUND);
    }
}
