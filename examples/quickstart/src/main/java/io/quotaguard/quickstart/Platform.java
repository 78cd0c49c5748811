package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.UsageResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The platform: hands each request to the job that does the work. Thread-safe. */
final class Platform {
    private final QuotaGuard quota;
    private final RequestLog log;
    private final Library library = new Library();
    private final ArticleGenerator generator;
    private final Publisher publisher;
    private final KeywordDistiller distiller;

    Platform(QuotaGuard quota, RequestLog log, Press press, Publications publications) {
        this.quota = quota;
        this.log = log;
        this.generator = new ArticleGenerator(quota, library);
        this.publisher = new Publisher(quota, library, press, publications);
        this.distiller = new KeywordDistiller(quota, library);
    }

    Answer handle(LogLine line) {
        try {
            return switch (line.action()) {
                case SUBSCRIBE -> subscribe(line);
                case JOIN -> join(line);
                case CAP -> cap(line);
                case UPGRADE -> upgrade(line);
                case GENERATE -> Answer.of(line, generate(line));
                case PUBLISH -> Answer.of(line, publisher.publish(post(line)));
                case SCHEDULED -> handleDue(List.of(line)).get(0);
                case NIGHTLY -> Answer.of(line, publishNightly(line));
                case DISTILL ->
                    Answer.of(line, distiller.distil(line.subject(), line.field("topic"), line.field("key")));
            };
        } catch (QuotaExceededException e) {
            return Answer.of(line, e.decision());
        } catch (IdempotencyConflictException e) {
            return Answer.conflict(line);
        } catch (GenerationException | ReservationSettledException e) {
            // Settled: the retry of a request whose generation failed. Who tries again takes a new key.
            return Answer.failed(line);
        }
    }

    /** Handles posts that come due together; returns the answers in their order. */
    List<Answer> handleDue(List<LogLine> lines) {
        List<UsageResult> results =
                publisher.publishDue(lines.stream().map(Platform::post).toList());
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            LogLine line = lines.get(i);
            UsageResult result = results.get(i);
            answers.add(
                    result.failure() instanceof IdempotencyConflictException
                            ? Answer.conflict(line)
                            : Answer.of(line, result.orThrow()));
        }
        return answers;
    }

    Library library() {
        return library;
    }

    /** Returns the topics that were distilled. */
    Set<String> topics() {
        return distiller.topics();
    }

    private Decision generate(LogLine line) {
        return generator.generate(line.subject(), line.field("topic"), line.field("key"), writer(line));
    }

    /** What failed on the recorded day fails again. */
    private static ArticleWriter writer(LogLine line) {
        return line.optionalField("failed")
                .<ArticleWriter>map(why -> (id, topic) -> {
                    throw new GenerationException(why);
                })
                .orElseGet(ArticleTemplates::new);
    }

    private Answer subscribe(LogLine line) {
        // The anchor says where the subject's days and months begin: at midnight in its own zone.
        Anchor anchor = Anchor.inZone(log.account(line.subject()).zone());
        quota.subscriptions().subscribe(line.subject(), line.field("plan"), anchor, Change.by("sign-up"));
        return Answer.account(line);
    }

    private Answer join(LogLine line) {
        // From now on a use of the member is charged to the team as well, all or nothing. Without a plan of his own he
        // may use whatever the team's plan has; with one he has that plan's limits too.
        quota.pools().join(line.subject(), line.field("team"), Change.by("team admin"));
        return Answer.account(line);
    }

    private Answer cap(LogLine line) {
        // An override gives a member a limit inside the pool, so that one cannot use up what is for all.
        FeatureOverride cap =
                FeatureOverride.ofLimit(line.subject(), line.field("feature"), Long.parseLong(line.field("limit")));
        quota.subscriptions().override(cap, Change.by("team admin").because("cap in the team"));
        return Answer.account(line);
    }

    private Answer upgrade(LogLine line) {
        // At once, because no limit gets lower; what was used today stays used.
        quota.subscriptions().changePlan(line.subject(), line.field("plan"), Change.by("checkout"));
        return Answer.account(line);
    }

    private Decision publishNightly(LogLine line) {
        return publisher.publishNightly(line.subject(), Long.parseLong(line.field("posts")), line.field("key"));
    }

    private static Post post(LogLine line) {
        List<String> channels = List.of(line.field("channels").split(","));
        Set<String> down =
                line.optionalField("down").map(text -> Set.of(text.split(","))).orElse(Set.of());
        return new Post(line.subject(), line.field("key"), channels, down);
    }
}
