package io.quotaguard.testing;

import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import java.util.List;
import java.util.Map;

/** The plans of a random sequence: small limits, every kind of overage, and two features paid from one. */
final class SequencePlans {
    static final String CREDITS = "coin";

    static final Map<String, ResetPeriod> PERIODS = Map.of(
            "hour",
            ResetPeriod.HOURLY,
            "day",
            ResetPeriod.DAILY,
            "ever",
            ResetPeriod.NEVER,
            "text",
            ResetPeriod.HOURLY,
            "image",
            ResetPeriod.MONTHLY,
            CREDITS,
            ResetPeriod.DAILY);

    static final List<String> FEATURES = List.of("hour", "day", "ever", "text", "image", CREDITS);

    /** Those that may be paid from credits. */
    static final List<String> PAID = List.of("text", "image");

    private SequencePlans() {}

    /** Returns the plans of the sequence whose names end in {@code suffix}; the first is the smallest with everything. */
    static List<Plan> all(String suffix) {
        return List.of(
                Plan.named("free" + suffix)
                        .feature(feature("hour", 3))
                        .feature(feature("day", 5).overage(Overage.upTo(2)))
                        .feature(feature("ever", 12).overage(Overage.upToPercent(50)))
                        .feature(feature("text", -1).drawing(2, CREDITS))
                        .feature(feature("image", 4).drawing(3, CREDITS))
                        .feature(feature(CREDITS, 10))
                        .build(),
                Plan.named("pro" + suffix)
                        .feature(feature("hour", 10))
                        .feature(feature("day", 20).overage(Overage.SOFT))
                        .feature(feature("ever", -1))
                        .feature(feature("text", 8).drawing(1, CREDITS))
                        .feature(feature("image", -1).drawing(2, CREDITS))
                        .feature(feature(CREDITS, 30).overage(Overage.upToPercent(10)))
                        .build(),
                Plan.named("lite" + suffix)
                        .feature(feature("hour", 2).overage(Overage.SOFT))
                        .feature(feature("day", 4))
                        .build(),
                Plan.named("crew" + suffix)
                        .feature(feature("hour", 5))
                        .feature(feature("day", 8))
                        .feature(feature(CREDITS, 12).overage(Overage.upTo(3)))
                        .build(),
                Plan.named("zero" + suffix)
                        .feature(feature("hour", 0))
                        .feature(feature("text", 3))
                        .feature(feature(CREDITS, 7))
                        .build());
    }

    static PlanFeature feature(String feature, long units) {
        return PlanFeature.of(feature, Limit.of(units), PERIODS.getOrDefault(feature, ResetPeriod.NEVER));
    }
}
