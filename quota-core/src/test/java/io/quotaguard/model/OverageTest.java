package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Overage")
class OverageTest {
    @ParameterizedTest
    @ValueSource(strings = {"hard", "soft", "+1", "+100", "+9007199254740991", "+1%", "+10%", "+1000%"})
    @DisplayName("R41: its code names it, and is read back as the same")
    void codes(String code) {
        assertThat(Overage.parse(code).code()).isEqualTo(code);
        assertThat(Overage.parse(code)).isEqualTo(Overage.parse(code)).hasToString(code);
    }

    @Test
    @DisplayName("R41: a code with leading zeros is read as the number it is")
    void leadingZeros() {
        assertThat(Overage.parse("+007")).isEqualTo(Overage.upTo(7));
        assertThat(Overage.parse("+010%")).isEqualTo(Overage.upToPercent(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "HARD",
                "Soft",
                "none",
                "10",
                "+",
                "+%",
                "-1",
                "+-1",
                "+0",
                "+0%",
                "+1.5%",
                "+1001%",
                "+1 %",
                " +1",
                "+9007199254740992",
                "+9999999999999999",
                "+99999999999999999999999",
                "+10%%",
                "+1e3",
                "+\u0661"
            })
    @DisplayName("R41: what is no code is refused by an error that shows it")
    void noCodes(String code) {
        assertThatThrownBy(() -> Overage.parse(code))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R41");
    }

    @ParameterizedTest
    @CsvSource({
        "HARD, 1",
        "SOFT, 1",
        "HARD, -1",
        "UNITS, 0",
        "UNITS, -1",
        "UNITS, 9007199254740992",
        "PERCENT, 0",
        "PERCENT, 1001"
    })
    @DisplayName("R41: an extra that its kind does not have is refused")
    void extraOutOfRange(Overage.Kind kind, long extra) {
        assertThatThrownBy(() -> new Overage(kind, extra))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll(
                        Long.toString(extra),
                        "R41",
                        kind == Overage.Kind.HARD || kind == Overage.Kind.SOFT ? "not 0" : "not in 1");
    }

    @ParameterizedTest
    @CsvSource({
        "hard, 10, 10", "soft, 10, -1", "+5, 10, 15", "+10%, 10, 11", "+10%, 9, 9", "+33%, 100, 133", "+33%, 10, 13",
        "hard, 0, 0", "+5, 0, 5", "+10%, 0, 0", "soft, 0, -1", "hard, -1, -1", "+5, -1, -1", "+10%, -1, -1",
        "+1, 9007199254740991, 9007199254740991", "+1000%, 9007199254740991, 9007199254740991"
    })
    @DisplayName("R41: the ceiling is the limit and what may go beyond it, up to 2^53 - 1")
    void ceiling(String code, long limit, long ceiling) {
        assertThat(Overage.parse(code).ceiling(Limit.of(limit))).isEqualTo(Limit.of(ceiling));
    }

    @Test
    @DisplayName("R41: percent are exact at any size, as exact arithmetic has them")
    void exactPercent() {
        Random random = new Random(41);
        for (int n = 0; n < 10_000; n++) {
            long limit = random.nextLong(Units.MAX) >>> random.nextInt(53);
            long percent = 1L + random.nextInt(1000);
            BigInteger exact = BigInteger.valueOf(limit)
                    .add(BigInteger.valueOf(limit)
                            .multiply(BigInteger.valueOf(percent))
                            .divide(BigInteger.valueOf(100)))
                    .min(BigInteger.valueOf(Units.MAX));
            assertThat(Overage.upToPercent(percent).ceiling(Limit.of(limit)).units())
                    .as("%d + %d%%", limit, percent)
                    .isEqualTo(exact.longValueExact());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10, 9, 4, 0",
        "10, 10, 4, 0",
        "10, 12, 4, 2",
        "10, 14, 4, 4",
        "10, 99, 4, 4",
        "0, 4, 4, 4",
        "-1, 99, 4, 0",
        "10, 5, -9, 0"
    })
    @DisplayName("R41: of the last units used, those above the limit are overage")
    void unitsAboveTheLimit(long limit, long used, long amount, long overage) {
        assertThat(Limit.of(limit).overage(used, amount)).isEqualTo(overage);
    }
}
