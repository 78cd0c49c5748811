package io.quotaguard.torture.history;

/**
 * One line of a call.
 *
 * @param amount units asked for; of a plan change the new limit
 */
public record Item(String subject, String feature, long amount) {
    @Override
    public String toString() {
        return amount + " of " + subject + "/" + feature;
    }
}
