package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.Usage;
import java.util.List;

/**
 * Publishes an author's newest article to some channels, a file each, charged to {@code publish_per_day} of the author
 * and of the author's team. Thread-safe.
 */
final class Publisher {
    private final QuotaGuard quota;
    private final Library library;
    private final Press press;

    Publisher(QuotaGuard quota, Library library, Press press) {
        this.quota = quota;
        this.library = library;
        this.press = press;
    }

    /**
     * Publishes to all of {@code channels}, or to none.
     *
     * @throws QuotaExceededException when the author's own limit, or what is left in the team's pool, is too small
     */
    Decision publish(String author, List<String> channels, String requestKey) {
        Usage usage =
                Usage.of(author, Offer.PUBLISH).amount(channels.size()).key(requestKey);
        // All channels or none, and for a member the team's counter with his own. orThrow() suits code that goes on only
        // when there is room: the platform turns the exception into a "too many requests", and nothing below has happened.
        Decision decision = quota.checkAndRecord(usage).orThrow();
        Article article = library.newestOf(author);
        for (String channel : channels) {
            // Done again for a replay: the first time may have ended between the charge and the last file.
            press.print(channel, requestKey, article);
        }
        return decision;
    }
}
