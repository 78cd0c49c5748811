package io.quotaguard.torture.history;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of one caller: what was asked, and how it ended if its process lived to see that.
 *
 * @param node the process that called
 * @param number counts the calls of the node
 * @param invokedNanos when it began, on the time line of all processes of the machine
 * @param key its idempotency key; of a leased use the one that was made for it, empty while it has no end
 * @param target the key of the call that it goes on with: a hold to commit, a use to correct; else null
 * @param end how it ended, or null when its process did not live to see that
 */
public record Call(
        String node,
        long number,
        long invokedNanos,
        CallKind kind,
        String key,
        @Nullable String target,
        List<Item> items,
        @Nullable End end) {

    /**
     * How a call ended.
     *
     * @param nanos when
     * @param key the key that the answer names
     * @param replayed whether an earlier answer was given again
     * @param untilMicros when a hold expires, on the store's clock; else 0
     */
    public record End(
            long nanos, Ending ending, String key, boolean replayed, long untilMicros, List<Answer> answers) {}

    /** When it ended; the end of time when nobody knows. */
    public long returnedNanos() {
        return end == null ? Long.MAX_VALUE : end.nanos();
    }

    public boolean ended(Ending ending) {
        return end != null && end.ending() == ending;
    }

    /** Tells whether it was carried out now, not an earlier call answered again. */
    public boolean fresh() {
        return end != null && end.ending() == Ending.OK && !end.replayed();
    }

    /** Tells whether its effect may be there though nobody said so. */
    public boolean open() {
        return end == null || end.ending() == Ending.UNKNOWN || end.ending() == Ending.BROKEN;
    }

    public Optional<Answer> answer(String subject, String feature) {
        return end == null
                ? Optional.empty()
                : end.answers().stream()
                        .filter(answer -> answer.subject().equals(subject)
                                && answer.feature().equals(feature))
                        .findFirst();
    }
}
