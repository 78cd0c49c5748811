package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;

/** A plan that an administrator edits again and again, each time raising a limit by one. Not thread-safe. */
final class EditedPlan {
    static final String FEATURE = "articles_per_month";

    /** High enough that nobody is refused or alerted: what is measured is the change, not its consequences. */
    private static final long LIMIT = 1_000_000_000;

    private static final Change CHANGE = Change.by("benchmark");

    private final QuotaGuard admin;
    private final Crowd crowd;
    private Plan plan;

    private EditedPlan(QuotaGuard admin, Crowd crowd, Plan plan) {
        this.admin = admin;
        this.crowd = crowd;
        this.plan = plan;
    }

    /** Creates a crowd's plan, of three features. */
    static EditedPlan create(QuotaGuard admin, Crowd crowd) {
        Plan plan = Plan.named(crowd.plan())
                .limit(FEATURE, LIMIT, ResetPeriod.MONTHLY)
                .limit("publish_per_month", LIMIT, ResetPeriod.MONTHLY)
                .limit("keyword_distillation", LIMIT, ResetPeriod.MONTHLY)
                .build();
        return new EditedPlan(admin, crowd, admin.plans().create(plan, CHANGE));
    }

    /** Returns who has the plan. */
    Crowd crowd() {
        return crowd;
    }

    /** Edits the plan and returns how long that took. */
    long editNanos() {
        PlanFeature next = PlanFeature.of(FEATURE, Limit.of(LIMIT + plan.version()), ResetPeriod.MONTHLY);
        Plan edited = plan.edit().replace(next).build();
        long start = System.nanoTime();
        plan = admin.plans().update(edited, CHANGE);
        return System.nanoTime() - start;
    }
}
