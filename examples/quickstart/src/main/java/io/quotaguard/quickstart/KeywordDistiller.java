package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Distils the keywords of a topic from all articles about it, charged to {@code keyword_distillation}. Thread-safe. */
final class KeywordDistiller {
    private static final int KEYWORDS = 5;

    private final QuotaGuard quota;
    private final Library library;
    private final Map<String, List<String>> distilled = new ConcurrentHashMap<>();

    KeywordDistiller(QuotaGuard quota, Library library) {
        this.quota = quota;
        this.library = library;
    }

    /** Distils for {@code subject}: a user, or a team whose programs ask from many machines at once. */
    Decision distil(String subject, String topic, String requestKey) {
        // One atomic step. Asking first with check() and recording later would let two callers pass on the last unit.
        Decision decision = quota.checkAndRecord(
                Usage.of(subject, Offer.DISTILLATION).key(requestKey).with("topic", topic));
        if (decision.allowed()) {
            distilled.put(topic, library.keywords(topic, KEYWORDS));
        }
        return decision;
    }

    /** Returns the topics that were distilled. */
    Set<String> topics() {
        return Set.copyOf(distilled.keySet());
    }
}
