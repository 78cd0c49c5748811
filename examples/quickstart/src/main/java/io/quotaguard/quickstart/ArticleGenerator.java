package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;
import java.time.Duration;

/** Writes articles, each charged to its author's {@code articles_per_day} when it is written. Thread-safe. */
final class ArticleGenerator {
    /** A generation takes a minute or two. What a crashed program holds is free again after this. */
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final QuotaGuard quota;
    private final Library library;

    ArticleGenerator(QuotaGuard quota, Library library) {
        this.quota = quota;
        this.library = library;
    }

    /**
     * Has an article written for {@code author}, if one is left today.
     *
     * @throws GenerationException when none came of it; then nothing was charged
     * @throws io.quotaguard.model.ReservationSettledException when none came of the request earlier: who tries again takes
     *     a new key
     */
    Decision generate(String author, String topic, String requestKey, ArticleWriter writer) {
        // The request's own key is the idempotency key: when the client times out and asks again, the guard answers the
        // same and counts nothing. What is attached with with() stands in the ledger, for support and for statistics.
        Usage usage = Usage.of(author, Offer.ARTICLES).key(requestKey).with("topic", topic);
        // Writing takes long and may fail. Charging first would take money for nothing, charging afterwards would write
        // more than is allowed: so one unit is held meanwhile, and nobody else can have it.
        try (Reservation held = quota.reserve(usage, LONGEST)) {
            if (!held.decision().allowed()) {
                // A refusal is a value: remaining(), resetsAt() and reason() are what the user is told.
                return held.decision();
            }
            Article article = writer.write(requestKey, topic);
            Decision charged = held.commit();
            if (charged.allowed()) {
                // Also when charged.replayed(): it is paid for, and the client never saw the first answer.
                library.add(author, article);
            }
            return charged;
        } // The writer threw: not committed, so close() released the unit.
    }
}
