package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * How a plan is presented and sold. Nothing in it bears on any decision. Immutable.
 *
 * @param displayName what people are shown
 * @param description what people are told, or null
 * @param price what one billing cycle costs, or null when nothing is said
 * @param billingCycle how often it is paid, or null when it is not
 * @param displayOrder where it stands in a list, the smallest first
 */
public record Offer(
        String displayName,
        @Nullable String description,
        @Nullable Price price,
        @Nullable BillingCycle billingCycle,
        int displayOrder) {
    /** The longest description, in UTF-16 units. */
    public static final int MAX_DESCRIPTION_LENGTH = 2000;

    public Offer {
        Names.require("display name", displayName);
        if (description != null) {
            Texts.require("description", description, MAX_DESCRIPTION_LENGTH);
        }
    }

    /** Returns the plainest offer: a name, and nothing said about money. */
    public static Offer named(String displayName) {
        return new Offer(displayName, null, null, null, 0);
    }
}
