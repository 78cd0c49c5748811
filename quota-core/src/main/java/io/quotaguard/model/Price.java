package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/**
 * What a plan costs per billing cycle: shown to people, never charged by this library. Immutable.
 *
 * @param amount not negative, with exactly as many decimals as the currency has
 * @param currency an ISO 4217 currency
 */
public record Price(BigDecimal amount, Currency currency) {
    /** The most digits before the point, and after it. */
    private static final int MAX_DIGITS = 15;

    public Price {
        required("price", amount);
        required("currency", currency);
        int decimals = Math.max(0, currency.getDefaultFractionDigits());
        if (amount.signum() < 0) {
            throw InvalidQuotaArgumentException.of("R46", "price", amount, "is negative");
        }
        if ((long) amount.precision() - amount.scale() > MAX_DIGITS || amount.scale() > MAX_DIGITS) {
            throw InvalidQuotaArgumentException.of(
                    "R46", "price", amount, "has more than " + MAX_DIGITS + " digits on one side of the point");
        }
        if (amount.signum() != 0 && amount.stripTrailingZeros().scale() > decimals) {
            throw InvalidQuotaArgumentException.of(
                    "R46", "price", amount, "has more decimals than " + currency + ", which has " + decimals);
        }
        amount = amount.setScale(decimals, RoundingMode.UNNECESSARY);
    }

    /**
     * Returns a price, such as {@code of("9.90", "EUR")}.
     *
     * @throws InvalidQuotaArgumentException when the amount is no number or the currency is none of ISO 4217
     */
    public static Price of(String amount, String currencyCode) {
        try {
            return new Price(new BigDecimal(required("price", amount)), currency(currencyCode));
        } catch (NumberFormatException e) {
            throw new InvalidQuotaArgumentException("price must be a decimal number such as 9.90", amount, e);
        }
    }

    private static Currency currency(String code) {
        try {
            return Currency.getInstance(required("currency", code));
        } catch (IllegalArgumentException e) {
            throw new InvalidQuotaArgumentException("currency must be a code of ISO 4217 such as EUR", code, e);
        }
    }

    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency.getCurrencyCode();
    }
}
