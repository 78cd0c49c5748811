package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Error texts that stay one harmless line whatever the value holds. */
class InvalidQuotaArgumentExceptionTest {

    @Test
    @DisplayName("R46: the message states the rule and then the value")
    void message() {
        assertThat(new InvalidQuotaArgumentException("amount must be positive (R6)", -5))
                .hasMessage("amount must be positive (R6), but was \"-5\"")
                .isInstanceOf(QuotaException.class)
                .satisfies(e -> assertThat(((QuotaException) e).key()).isNull())
                .satisfies(e -> assertThat(((QuotaException) e).store()).isNull());
        assertThat(new InvalidQuotaArgumentException("subject is required", null))
                .hasMessage("subject is required, but was null");
    }

    @Test
    @DisplayName("R46: a fault in a larger document is told with its place")
    void place() {
        assertThat(InvalidQuotaArgumentException.of("R4", "limit", -2, "is too low")
                        .at("plans[0].limit"))
                .isExactlyInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessage("plans[0].limit: limit \"-2\" is too low (R4)");
    }

    @Test
    @DisplayName(
            "R46: control characters, line ends, terminal codes, direction marks and lone surrogates are spelled out")
    void escapes() {
        assertThat(InvalidQuotaArgumentException.escape("a\r\nb\t\0\u007f\u009bc"))
                .isEqualTo("a\\u000D\\u000Ab\\u0009\\u0000\\u007F\\u009Bc");
        assertThat(InvalidQuotaArgumentException.escape("\u001b[31mred")).isEqualTo("\\u001B[31mred");
        assertThat(InvalidQuotaArgumentException.escape("\u202eevil\u2028")).isEqualTo("\\u202Eevil\\u2028");
        assertThat(InvalidQuotaArgumentException.escape("x\ud83dy\ude00")).isEqualTo("x\\uD83Dy\\uDE00");
    }

    @Test
    @DisplayName("R46: ordinary text of any script, emoji and quotes are shown as they are")
    void ordinaryText() {
        String text = "{a}:%'\" 配額 café 😀";
        assertThat(InvalidQuotaArgumentException.escape(text)).isEqualTo(text);
    }

    @Test
    @DisplayName("R46: a long value is cut at 60 characters, never through a pair, and its length is given")
    void longValues() {
        assertThat(InvalidQuotaArgumentException.escape("x".repeat(60))).isEqualTo("x".repeat(60));
        assertThat(InvalidQuotaArgumentException.escape("x".repeat(61)))
                .isEqualTo("x".repeat(60) + "... (61 characters)");
        assertThat(InvalidQuotaArgumentException.escape("x".repeat(59) + "😀😀"))
                .isEqualTo("x".repeat(59) + "... (63 characters)");
    }

    @Test
    @DisplayName("R46: a missing argument is named")
    void required() {
        assertThat(InvalidQuotaArgumentException.required("plan", "free")).isEqualTo("free");
        assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                .isThrownBy(() -> InvalidQuotaArgumentException.required("plan", null))
                .withMessage("plan is required, but was null");
    }
}
