package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.UsageResult;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The publisher")
class PublisherTest {
    private static final Change TEST = Change.by("test");

    private final QuotaGuard quota =
            QuotaGuard.builder(new InMemoryQuotaStore()).build();
    private final Library library = new Library();
    private final Press press = new Press();
    private final Publisher publisher = new Publisher(quota, library, press, Publications.ONLY_CHARGED);

    @BeforeEach
    void subscribe() {
        Offer.createPlans(quota);
        quota.subscriptions().subscribe("ann", "free", TEST);
        quota.subscriptions().subscribe("kites", "team", TEST);
        quota.pools().join("bob", "kites", TEST);
        quota.pools().join("cid", "kites", TEST);
        quota.subscriptions().override(FeatureOverride.ofLimit("cid", Offer.PUBLISH, 15), TEST);
    }

    @AfterEach
    void close() {
        quota.close();
        press.close();
    }

    @Test
    @DisplayName("R3: publishes for the author and the team together, or not at all")
    void publish() {
        publisher.publish(post("bob", "p-1", List.of("blog", "shop")));
        assertThat(used("bob")).isEqualTo(2);
        assertThat(used("kites")).isEqualTo(2);

        Post tooMuch = post("bob", "p-2", channels(99));
        assertThatThrownBy(() -> publisher.publish(tooMuch)).isInstanceOf(QuotaExceededException.class);
        assertThat(used("bob")).isEqualTo(2);
        assertThat(used("kites")).isEqualTo(2);
        assertThat(press.titles()).containsExactly("blog/p-1.txt: About bob", "shop/p-1.txt: About bob");
    }

    @Test
    @DisplayName(
            "R40: publishes from the pool to the team's limit, and of a capped member to his; shares sum to what is used")
    void publishFromThePool() {
        publisher.publish(post("bob", "p-1", channels(70)));
        Post beyondTheCap = post("cid", "p-2", channels(16));
        assertThatThrownBy(() -> publisher.publish(beyondTheCap)).isInstanceOf(QuotaExceededException.class);
        publisher.publish(post("cid", "p-3", channels(15)));
        Post beyondThePool = post("bob", "p-4", channels(16));
        assertThatThrownBy(() -> publisher.publish(beyondThePool)).isInstanceOf(QuotaExceededException.class);
        publisher.publish(post("bob", "p-5", channels(15)));
        assertThat(quota.poolOverview("kites").shares(Offer.PUBLISH))
                .containsExactly(new PoolShare("bob", 85), new PoolShare("cid", 15));
        assertThat(used("kites")).isEqualTo(100);
        assertThat(quota.check("kites", Offer.PUBLISH).allowed()).isFalse();
    }

    @Test
    @DisplayName("R37: gives back what a channel that does not answer was charged, once, to the author and the team")
    void refund() {
        Post post = new Post("bob", "p-1", List.of("blog", "shop", "podcast"), Set.of("shop", "podcast"));
        assertThat(publisher.publish(post).refund()).map(Decision::granted).contains(2L);
        Publication retry = publisher.publish(post);
        assertThat(retry.charge().replayed()).isTrue();
        assertThat(retry.refund()).map(Decision::replayed).contains(true);
        assertThat(used("bob")).isEqualTo(1);
        assertThat(used("kites")).isEqualTo(1);
        assertThat(press.titles()).containsExactly("blog/p-1.txt: About bob");
    }

    @Test
    @DisplayName("publishes in the night exactly what is left, and the same once more when the job is run again")
    void nightly() {
        publisher.publish(post("bob", "p-1", channels(72)));
        Decision job = publisher.publishNightly("bob", 40, "n-1");
        assertThat(job.granted()).isEqualTo(28);
        assertThat(used("kites")).isEqualTo(100);
        assertThat(press.titles())
                .filteredOn(title -> title.startsWith("archive/n-1-"))
                .hasSize(28);

        Decision again = publisher.publishNightly("bob", 40, "n-1");
        assertThat(again.replayed()).isTrue();
        assertThat(again.granted()).isEqualTo(28);
        assertThat(publisher.publishNightly("bob", 12, "n-2").reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(press.titles())
                .filteredOn(title -> title.startsWith("archive/"))
                .hasSize(28);
    }

    @Test
    @DisplayName("R11: publishes what comes due together each for itself")
    void due() {
        List<UsageResult> results = publisher.publishDue(List.of(
                post("ann", "d-1", channels(3)),
                post("ann", "d-2", channels(2)),
                post("bob", "d-3", List.of("shop")),
                post("ann", "d-1", channels(3)),
                post("ann", "d-1", channels(1))));
        assertThat(results).extracting(UsageResult::allowed).containsExactly(true, false, true, true, false);
        assertThat(results.get(3).orThrow().replayed()).isTrue();
        assertThat(results.get(4).failure()).hasMessageContaining("d-1");
        assertThat(used("ann")).isEqualTo(3);
        assertThat(press.titles()).containsExactly("blog/d-1.txt: About ann", "shop/d-3.txt: About bob");
    }

    @Test
    @DisplayName("publishes nowhere but in its folder")
    void publishInsideTheFolder() {
        publisher.publish(post("ann", "../key", List.of("../../etc")));
        assertThat(press.titles()).containsExactly("______etc/___key.txt: About ann");
    }

    private long used(String subject) {
        return quota.check(subject, Offer.PUBLISH).use().counter().used();
    }

    private static Post post(String author, String key, List<String> channels) {
        return new Post(author, key, channels, Set.of());
    }

    private static List<String> channels(int count) {
        return Collections.nCopies(count, "blog");
    }
}
