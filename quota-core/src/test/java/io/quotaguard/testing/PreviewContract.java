package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.plan.Preview;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R20, R21, R29 and R30, told before anything is changed. */
abstract class PreviewContract extends ContractGroup {
    PreviewContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    /** Four subjects on a plan of ten: 9, 6, 1 and nothing used. */
    private void fourSubjects() {
        dailyArticles(10);
        for (String subject : List.of("ann", "bob", "cid")) {
            subscribe(subject, "free");
        }
        use(USER, ARTICLES, 9);
        use("ann", ARTICLES, 6);
        use("bob", ARTICLES, 1);
    }

    @Test
    @DisplayName("R21, R30: a plan's cut tells who would be over, whose alerts would fire, and what would be left")
    void cut() {
        fourSubjects();

        Preview preview = quota.plans().preview(editedTo(6), TIMEOUT);

        assertThat(preview.subjects()).isEqualTo(4);
        assertThat(preview.overLimit()).isEqualTo(1);
        assertThat(preview.fires()).isEqualTo(Map.of(80, 1L, 95, 2L, 100, 2L));
        assertThat(preview.rearms()).isEmpty();
        assertThat(preview.impacts()).extracting(Preview.Impact::subject).containsExactly("ann", USER);
        Preview.Impact over = preview.impacts().get(1);
        assertThat(over.overLimit()).isTrue();
        assertThat(over.remaining()).hasValue(0);
        assertThat(over.fires()).containsExactly(95, 100);
        assertThat(over.before().limit().units()).isEqualTo(10);
        assertThat(over.after().limit().units()).isEqualTo(6);
        assertThat(over.at()).isEqualTo(NOON);
        assertThat(preview.impacts().get(0).overLimit()).isFalse();
        assertThat(quota.plans().get("free").orElseThrow().version()).isEqualTo(1);
        assertThat(use("ann", ARTICLES).remaining()).hasValue(3);
    }

    @Test
    @DisplayName("R20, R29: a rise tells whose alerts would be armed again, and the preview is what then happens")
    void rise() {
        fourSubjects();
        quota.subscriptions().override(FeatureOverride.ofLimit("bob", ARTICLES, 1), BY_TEST);

        Preview preview = quota.plans().preview(editedTo(20), TIMEOUT);

        assertThat(preview.overLimit()).isZero();
        assertThat(preview.fires()).isEmpty();
        assertThat(preview.rearms()).isEqualTo(Map.of(80, 1L));
        assertThat(preview.impacts()).singleElement().satisfies(impact -> {
            assertThat(impact.subject()).isEqualTo(USER);
            assertThat(impact.remaining()).hasValue(11);
        });
        quota.plans().update(editedTo(20), BY_TEST);
        assertThat(use(USER, ARTICLES).remaining()).hasValue(10);
    }

    @Test
    @DisplayName("R4, R21: a feature that is taken out, and a plan that is replaced, tell who would lose what they use")
    void lost() {
        fourSubjects();
        plan("other", feature(PUBLISH, 5, ResetPeriod.DAILY), feature(ARTICLES, 6, ResetPeriod.DAILY));
        Plan without =
                quota.plans().get("free").orElseThrow().edit().without(ARTICLES).build();

        assertThat(quota.plans().preview(without, TIMEOUT).overLimit()).isEqualTo(3);
        Preview replaced = quota.plans().previewReplacement("free", "other", TIMEOUT);
        assertThat(replaced.subjects()).isEqualTo(4);
        assertThat(replaced.overLimit()).isEqualTo(1);
        assertThat(replaced.impacts())
                .filteredOn(Preview.Impact::overLimit)
                .extracting(impact -> impact.after().source().plan())
                .containsExactly("other");
        Preview off =
                quota.plans().preview(quota.plans().get("free").orElseThrow().withActive(false), TIMEOUT);
        assertThat(off.overLimit()).isEqualTo(3);
    }

    @Test
    @DisplayName("R4: whom the default plan serves without a subscription is counted with its subscribers")
    void byDefault() {
        fourSubjects();
        quota.plans().setDefault("free", BY_TEST);
        use("guest", ARTICLES, 8);

        Preview preview = quota.plans().preview(editedTo(7), TIMEOUT);

        assertThat(preview.subjects()).isEqualTo(5);
        assertThat(preview.impacts())
                .filteredOn(Preview.Impact::overLimit)
                .extracting(Preview.Impact::subject)
                .containsExactly("guest", USER);
    }

    @Test
    @DisplayName(
            "R21, R24: a subject's move, at once or at the window's end, and an override are told for all its features")
    void oneSubject() {
        dailyArticles(10);
        plan("small", feature(ARTICLES, 5, ResetPeriod.DAILY), feature(PUBLISH, 1, ResetPeriod.DAILY));
        use(USER, ARTICLES, 8);

        Preview now = quota.subscriptions().preview(USER, "small", Start.NOW);
        assertThat(now.subjects()).isEqualTo(1);
        assertThat(now.overLimit()).isEqualTo(1);
        assertThat(now.impacts()).extracting(Preview.Impact::feature).containsExactly(ARTICLES, PUBLISH);
        assertThat(now.impacts().get(0).fires()).containsExactly(95, 100);
        assertThat(now.impacts().get(1).remaining()).hasValue(1);

        Preview later = quota.subscriptions().preview(USER, "small", null);
        assertThat(later.overLimit()).isZero();
        assertThat(later.impacts())
                .filteredOn(impact -> impact.feature().equals(ARTICLES))
                .singleElement()
                .satisfies(impact -> {
                    assertThat(impact.at()).isEqualTo(MIDNIGHT);
                    assertThat(impact.remaining()).hasValue(5);
                });

        Preview override = quota.subscriptions().preview(FeatureOverride.ofLimit(USER, ARTICLES, 100));
        assertThat(override.rearms()).isEqualTo(Map.of(80, 1L));
        assertThat(override.impacts())
                .singleElement()
                .satisfies(impact -> assertThat(impact.remaining()).hasValue(92));
        assertThat(quota.subscriptions().history(USER, 9)).hasSize(1);
    }
}
