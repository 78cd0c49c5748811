package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;

/** Writes articles, each charged to its author's {@code articles_per_day}. Thread-safe. */
final class ArticleGenerator {
    private final QuotaGuard quota;
    private final Library library;

    ArticleGenerator(QuotaGuard quota, Library library) {
        this.quota = quota;
        this.library = library;
    }

    /** Writes an article for {@code author}, if one is left today. */
    Decision generate(String author, String topic, String requestKey) {
        // The request's own key is the idempotency key: when the client times out and asks again, the guard answers the
        // same and counts nothing. What is attached with with() stands in the ledger, for support and for statistics.
        Decision decision = quota.checkAndRecord(
                Usage.of(author, Offer.ARTICLES).key(requestKey).with("topic", topic));
        if (decision.allowed()) {
            // Also when decision.replayed(): it is paid for, and the client never saw the first answer.
            library.add(author, ArticleTemplates.write(requestKey, topic));
        }
        // A refusal is a value: remaining(), resetsAt() and reason() are what the user is told.
        return decision;
    }
}
