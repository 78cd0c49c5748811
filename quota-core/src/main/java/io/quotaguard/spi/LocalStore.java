package io.quotaguard.spi;

import io.quotaguard.model.Decision;
import org.jspecify.annotations.Nullable;

/**
 * A store in this very process, where no round trip is to be saved: the common use can be charged, and asked about, without
 * a command.
 * Thread-safe.
 */
public interface LocalStore extends QuotaStore {
    /** Returns a way to charge one subject's use of one feature; it holds nothing open. */
    Till till(String subject, String feature);

    /** Charges one subject's use of one feature. Thread-safe. */
    interface Till {
        /**
         * Charges a use as {@link QuotaStore#execute} charges {@link Operation#RECORD} of this line alone, when it is an
         * everyday one: there is room, or there is none, and nothing more to say. Never waits long.
         *
         * @param line of the till's subject and feature; the use itself, with its terms as last known
         * @param key the idempotency key, or null to have one made
         * @return the decision; or null when nothing was done, because the use is out of the ordinary (repeated, stale,
         *     the first of its window, met by an alert, a hold or a grant), or because the counter is in other hands
         */
        @Nullable
        Decision charge(Line line, @Nullable String key);

        /**
         * Tells whether a use would fit now, as {@link Operation#CHECK} of this line alone does, and changes nothing.
         *
         * @param line as for {@link #charge}
         * @param key what the decision names as its key, or null to have one made; it is not looked at
         * @return the decision; or null when the answer is out of the ordinary, or the counter in other hands
         */
        @Nullable
        Decision check(Line line, @Nullable String key);
    }
}
