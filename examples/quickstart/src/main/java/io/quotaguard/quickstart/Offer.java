package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import java.util.List;

/** What the platform sells: its features and its plans. */
final class Offer {
    static final String ARTICLES = "articles_per_day";
    static final String PUBLISH = "publish_per_day";
    static final String DISTILLATION = "keyword_distillation";

    static final List<Plan> PLANS = List.of(
            Plan.named("free")
                    .displayName("Free")
                    .limit(ARTICLES, 5, ResetPeriod.DAILY)
                    .limit(PUBLISH, 4, ResetPeriod.DAILY)
                    // Three to try it out, and then never again.
                    .limit(DISTILLATION, 3, ResetPeriod.NEVER)
                    .build(),
            Plan.named("pro")
                    .displayName("Professional")
                    .limit(ARTICLES, 20, ResetPeriod.DAILY)
                    .limit(PUBLISH, 30, ResetPeriod.DAILY)
                    .limit(DISTILLATION, 60, ResetPeriod.MONTHLY)
                    .build(),
            // What the members of a team share.
            Plan.named("team")
                    .displayName("Team")
                    .limit(ARTICLES, 90, ResetPeriod.DAILY)
                    .limit(PUBLISH, 100, ResetPeriod.DAILY)
                    .limit(DISTILLATION, 400, ResetPeriod.MONTHLY)
                    .build(),
            // A member needs no plan. With this one he has limits of his own beside the team's.
            Plan.named("seat")
                    .displayName("Seat in a team")
                    .limit(ARTICLES, 20, ResetPeriod.DAILY)
                    .limit(PUBLISH, 40, ResetPeriod.DAILY)
                    .limit(DISTILLATION, 30, ResetPeriod.MONTHLY)
                    .build());

    private Offer() {}

    /** Creates the plans. Edits that follow make new versions; what was used stays used. */
    static void createPlans(QuotaGuard quota) {
        for (Plan plan : PLANS) {
            quota.plans().create(plan, Change.by("quickstart").because("the offer of 2026"));
        }
    }
}
