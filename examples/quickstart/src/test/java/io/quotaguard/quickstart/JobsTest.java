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
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a host tests its own code: on the memory store, with no server. */
@DisplayName("The jobs")
class JobsTest {
    private final QuotaGuard quota =
            QuotaGuard.builder(new InMemoryQuotaStore()).build();
    private final Library library = new Library();
    private final Press press = new Press();

    @BeforeEach
    void subscribe() {
        Offer.createPlans(quota);
        quota.subscriptions().subscribe("ann", "free", Change.by("test"));
        quota.subscriptions().subscribe("kites", "team", Change.by("test"));
        quota.pools().join("bob", "kites", Change.by("test"));
    }

    @AfterEach
    void close() {
        quota.close();
        press.close();
    }

    @Test
    @DisplayName("write up to the limit; a retry writes the same article and is not counted")
    void generate() {
        ArticleGenerator generator = new ArticleGenerator(quota, library);
        ArticleWriter writer = new ArticleTemplates();
        for (int i = 1; i <= 5; i++) {
            assertThat(generator.generate("ann", "rye bread", "g-" + i, writer).allowed())
                    .isTrue();
        }
        Article fifth = library.newestOf("ann");
        assertThat(generator.generate("ann", "rye bread", "g-6", writer).allowed()).isFalse();
        Decision retry = generator.generate("ann", "rye bread", "g-5", writer);
        assertThat(retry.replayed()).isTrue();
        assertThat(library.size()).isEqualTo(5);
        assertThat(library.newestOf("ann")).isEqualTo(fifth).isEqualTo(writer.write("g-5", "rye bread"));
    }

    @Test
    @DisplayName("R34, R35: hold a unit while they write; a generation that fails costs nothing, and neither does its retry")
    void generateInVain() {
        ArticleGenerator generator = new ArticleGenerator(quota, library);
        generator.generate("ann", "rye bread", "g-1", new ArticleTemplates());
        ArticleWriter failing = (id, topic) -> {
            assertThat(quota.check("ann", Offer.ARTICLES).held()).isEqualTo(1);
            throw new GenerationException("model overloaded");
        };
        // More often than the limit of 5 allows to write.
        for (int i = 2; i <= 8; i++) {
            failsAndCostsNothing(generator, "g-" + i, failing);
        }
        failsAndCostsNothing(generator, "g-2", (id, topic) -> {
            throw new GenerationException("model overloaded");
        });
        assertThat(library.size()).isEqualTo(1);
        assertThat(generator.generate("ann", "rye bread", "g-9", new ArticleTemplates()).used())
                .isEqualTo(2);
    }

    private void failsAndCostsNothing(ArticleGenerator generator, String key, ArticleWriter failing) {
        assertThatThrownBy(() -> generator.generate("ann", "rye bread", key, failing))
                .isInstanceOf(GenerationException.class);
        Decision after = quota.check("ann", Offer.ARTICLES);
        assertThat(after.used()).isEqualTo(1);
        assertThat(after.held()).isZero();
    }

    @Test
    @DisplayName("R3: publish for the author and the team together, or not at all")
    void publish() {
        Publisher publisher = new Publisher(quota, library, press);
        publisher.publish("bob", List.of("blog", "shop"), "p-1");
        assertThat(quota.check("bob", Offer.PUBLISH).use().counter().used()).isEqualTo(2);
        assertThat(quota.check("kites", Offer.PUBLISH).used()).isEqualTo(2);

        List<String> tooMany = Collections.nCopies(99, "blog");
        assertThatThrownBy(() -> publisher.publish("bob", tooMany, "p-2")).isInstanceOf(QuotaExceededException.class);
        assertThat(quota.check("kites", Offer.PUBLISH).used()).isEqualTo(2);
        assertThat(press.titles()).containsExactly("blog/p-1.txt: About bob", "shop/p-1.txt: About bob");
    }

    @Test
    @DisplayName("R40: publish from the team's pool, all members together to its limit and a capped one to his")
    void publishFromThePool() {
        Publisher publisher = new Publisher(quota, library, press);
        quota.pools().join("cid", "kites", Change.by("test"));
        quota.subscriptions().override(FeatureOverride.ofLimit("cid", Offer.PUBLISH, 15), Change.by("test"));
        publisher.publish("bob", Collections.nCopies(70, "blog"), "p-1");
        assertThatThrownBy(() -> publisher.publish("cid", Collections.nCopies(16, "blog"), "p-2"))
                .isInstanceOf(QuotaExceededException.class);
        publisher.publish("cid", Collections.nCopies(15, "blog"), "p-3");
        assertThatThrownBy(() -> publisher.publish("bob", Collections.nCopies(16, "blog"), "p-4"))
                .isInstanceOf(QuotaExceededException.class);
        publisher.publish("bob", Collections.nCopies(15, "blog"), "p-5");
        assertThat(quota.poolOverview("kites").shares(Offer.PUBLISH))
                .containsExactly(new PoolShare("bob", 85), new PoolShare("cid", 15));
        assertThat(quota.check("kites", Offer.PUBLISH).allowed()).isFalse();
    }

    @Test
    @DisplayName("publish nowhere but in their folder")
    void publishInsideTheFolder() {
        new Publisher(quota, library, press).publish("ann", List.of("../../etc"), "../key");
        assertThat(press.titles()).containsExactly("______etc/___key.txt: About ann");
    }

    @Test
    @DisplayName("distil the words that are frequent in a topic and rare elsewhere")
    void distil() {
        library.add("ann", new Article("1", "bread", "", "flour water flour knead water"));
        library.add("ann", new Article("2", "tea", "", "kettle water leaf water"));
        library.add("ann", new Article("3", "soup", "", "kettle water carrot"));
        assertThat(library.keywords("bread", 2)).containsExactly("flour", "knead");
        assertThat(library.keywords("nothing", 2)).isEmpty();

        KeywordDistiller distiller = new KeywordDistiller(quota, library);
        for (int i = 1; i <= 4; i++) {
            assertThat(distiller.distil("ann", "bread", "d-" + i).allowed()).isEqualTo(i <= 3);
        }
        assertThat(distiller.topics()).containsExactly("bread");
    }
}
