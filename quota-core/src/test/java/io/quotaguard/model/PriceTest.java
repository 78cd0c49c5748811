package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Currency;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The price of a plan")
class PriceTest {
    @ParameterizedTest
    @CsvSource({
        "9.90, EUR, 9.90 EUR",
        "9.9, EUR, 9.90 EUR",
        "9, EUR, 9.00 EUR",
        "9.9000, EUR, 9.90 EUR",
        "+9.90, EUR, 9.90 EUR",
        "0, EUR, 0.00 EUR",
        "0.000, EUR, 0.00 EUR",
        "-0, EUR, 0.00 EUR",
        "1E+3, EUR, 1000.00 EUR",
        "990E-2, EUR, 9.90 EUR",
        "1200, JPY, 1200 JPY",
        "1200.00, JPY, 1200 JPY",
        "1.234, KWD, 1.234 KWD",
        "5, XXX, 5 XXX",
        "999999999999999.99, EUR, 999999999999999.99 EUR"
    })
    @DisplayName("R46: it has as many decimals as its currency, however it was written")
    void decimalsOfTheCurrency(String amount, String currency, String shown) {
        Price price = Price.of(amount, currency);

        assertThat(price).hasToString(shown);
        assertThat(price).isEqualTo(new Price(new BigDecimal(amount), Currency.getInstance(currency)));
        assertThat(Price.of(price.amount().toPlainString(), currency)).isEqualTo(price);
    }

    @ParameterizedTest
    @CsvSource({
        "-0.01, EUR, negative",
        "-1E+2147483647, EUR, negative",
        "9.901, EUR, decimals",
        "0.5, JPY, decimals",
        "1.2345, KWD, decimals",
        "1000000000000000, EUR, digits",
        "1E+2147483647, EUR, digits",
        "0E+2147483647, EUR, digits",
        "1E-2147483647, EUR, digits",
        "0E-2147483647, EUR, digits",
        "1E+99999999999, EUR, decimal number",
        "ten, EUR, decimal number",
        "'9,90', EUR, decimal number",
        "'', EUR, decimal number",
        "NaN, EUR, decimal number",
        "1, eur, ISO 4217",
        "1, EURO, ISO 4217",
        "1, '', ISO 4217",
        "1, ZZZ, ISO 4217"
    })
    @DisplayName("R46: what is no price is refused at once, however large its exponent, by an error that says why")
    void noPrice(String amount, String currency, String words) {
        assertThatThrownBy(() -> Price.of(amount, currency))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(words);
    }
}
