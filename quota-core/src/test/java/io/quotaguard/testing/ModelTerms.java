package io.quotaguard.testing;

import io.quotaguard.model.Draw;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import org.jspecify.annotations.Nullable;

/**
 * What a subject may do with a feature, and in which window.
 *
 * @param refusal why not at all, or null
 * @param ceiling the limit and what may go beyond it
 * @param draw the credits that it is paid from, or null
 */
record ModelTerms(
        @Nullable RefusalReason refusal,
        Limit limit,
        Limit ceiling,
        Thresholds thresholds,
        Window window,
        LimitSource source,
        @Nullable Draw draw) {

    static ModelTerms refusing(RefusalReason reason, LimitSource source) {
        return new ModelTerms(reason, Limit.of(0), Limit.of(0), Thresholds.NONE, Window.PERMANENT, source, null);
    }

    /** Tells whether these terms say nothing about the feature, so that only a pool does. */
    boolean isSilent() {
        return refusal == RefusalReason.NO_PLAN || refusal == RefusalReason.NO_FEATURE;
    }

    /** R36: what was held or charged in another window stays there; terms that are gone limit nothing. */
    ModelTerms in(Window earlier) {
        Limit none = Limit.unlimited();
        return refusal == null
                ? new ModelTerms(
                        null,
                        limit,
                        ceiling,
                        earlier.equals(window) ? thresholds : Thresholds.NONE,
                        earlier,
                        source,
                        draw)
                : new ModelTerms(null, none, none, Thresholds.NONE, earlier, source, null);
    }
}
