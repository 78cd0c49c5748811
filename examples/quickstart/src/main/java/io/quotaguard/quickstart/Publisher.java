package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageResult;
import java.util.List;
import java.util.Optional;

/**
 * Publishes articles, a file each, charged to {@code publish_per_day} of the author, and of the author's team if there is
 * one: the guard knows who belongs to which. Thread-safe.
 */
final class Publisher {
    /** Where the nightly job publishes. */
    static final String NIGHTLY_CHANNEL = "archive";

    /** What the ledger says about a post's charge, beside its key. */
    static final String POST_JOB = "post";

    private final QuotaGuard quota;
    private final Library library;
    private final Press press;
    private final Publications publications;

    Publisher(QuotaGuard quota, Library library, Press press, Publications publications) {
        this.quota = quota;
        this.library = library;
        this.press = press;
        this.publications = publications;
    }

    /**
     * Publishes to all of the post's channels that answer, or to none when there is not room for all.
     *
     * @throws QuotaExceededException when the author's own limit, or what is left in the team's pool, is too small
     */
    Publication publish(Post post) {
        // orThrow() suits code that goes on only when there is room: the platform turns the exception into a "too many
        // requests", and nothing below has happened.
        Usage usage = usage(post).with("job", POST_JOB);
        Decision charge = publications
                .charge(quota, usage, post, library.newestOf(post.author()))
                .orThrow();
        // Done again for a replay: the first time may have ended between the charge and the last file.
        long delivered = deliver(post);
        return delivered == post.channels().size()
                ? new Publication(charge, Optional.empty())
                : new Publication(charge, Optional.of(refund(post, delivered)));
    }

    /** Publishes posts of many authors that came due together, each for itself: one that is refused stops no other. */
    List<UsageResult> publishDue(List<Post> posts) {
        // One call for all, in few round trips; a result for each, in their order.
        List<UsageResult> results =
                quota.checkAndRecordEach(posts.stream().map(Publisher::usage).toList());
        for (int i = 0; i < posts.size(); i++) {
            if (results.get(i).allowed()) {
                deliver(posts.get(i));
            }
        }
        return results;
    }

    /**
     * Publishes as many of the posts that wait for the night as there is room for: {@link Decision#granted()}. The others
     * wait for another night.
     */
    Decision publishNightly(String author, long waiting, String jobKey) {
        // Not "how many are left?" and then a charge: by then somebody else may have taken them. A job that is run once
        // more with its key gets the same number again, and publishes the same posts.
        Decision decision = quota.checkAndRecordUpTo(
                Usage.of(author, Offer.PUBLISH).amount(waiting).key(jobKey).with("job", "nightly"));
        List<Article> articles = library.articlesOf(author);
        for (int i = 0; i < decision.granted(); i++) {
            press.print(NIGHTLY_CHANNEL, jobKey + "-" + (i + 1), articles.get(i % articles.size()));
        }
        return decision;
    }

    private static Usage usage(Post post) {
        return Usage.of(post.author(), Offer.PUBLISH)
                .amount(post.channels().size())
                .key(post.key());
    }

    private long deliver(Post post) {
        Article article = library.newestOf(post.author());
        List<String> reached = post.channels().stream()
                .filter(channel -> !post.down().contains(channel))
                .toList();
        reached.forEach(channel -> press.print(channel, post.key(), article));
        return reached.size();
    }

    /** Gives back what was charged for nothing, to the author and to the team. */
    private Decision refund(Post post, long delivered) {
        Correction correction =
                Correction.ofKey(post.author(), Offer.PUBLISH, post.key()).to(delivered);
        // A key of its own, so that a retry of the request refunds once.
        Change change = Change.by("publisher")
                .because("no answer from " + String.join(", ", post.down()))
                .key(post.key() + "-refund");
        return quota.usage().correct(correction, change);
    }
}
