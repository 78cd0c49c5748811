package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;

/** How a post is charged, and where it is written down that it was published. Thread-safe. */
interface Publications {
    /** For a platform without a database of its own: a charge, and nothing beside it. */
    Publications ONLY_CHARGED = (quota, usage, post, article) -> quota.checkAndRecord(usage);

    /** Charges a post, and writes it down if there was room. */
    Decision charge(QuotaGuard quota, Usage usage, Post post, Article article);
}
