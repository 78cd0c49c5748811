package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.ReservationSettledException;
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

    @BeforeEach
    void subscribe() {
        Offer.createPlans(quota);
        quota.subscriptions().subscribe("ann", "free", Change.by("test"));
    }

    @AfterEach
    void close() {
        quota.close();
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
        assertThat(generator.generate("ann", "rye bread", "g-6", writer).allowed())
                .isFalse();
        Decision retry = generator.generate("ann", "rye bread", "g-5", writer);
        assertThat(retry.replayed()).isTrue();
        assertThat(library.size()).isEqualTo(5);
        assertThat(library.newestOf("ann")).isEqualTo(fifth).isEqualTo(writer.write("g-5", "rye bread"));
    }

    @Test
    @DisplayName(
            "R34, R35: hold a unit while they write; one that fails costs nothing, and its retry is told before it writes")
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
        assertThatThrownBy(() -> generator.generate("ann", "rye bread", "g-2", failing))
                .isInstanceOf(ReservationSettledException.class);
        assertThat(library.size()).isEqualTo(1);
        assertThat(generator
                        .generate("ann", "rye bread", "g-9", new ArticleTemplates())
                        .used())
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
