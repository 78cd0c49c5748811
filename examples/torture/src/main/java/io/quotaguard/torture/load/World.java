package io.quotaguard.torture.load;

import io.quotaguard.QuotaGuard;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.model.Change;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who uses what. One plan is changed all the time, the other never.
 *
 * @param hotSubjects those that everybody charges
 * @param wideSubjects those that are charged now and then
 */
public record World(int hotSubjects, int wideSubjects) {
    public static final String MOVING = "moving";
    public static final String STEADY = "steady";

    /** Of the plan that changes. */
    public static final String HOT = "hot";

    public static final String WIDE = "wide";

    /** With windows so short that many end during a run. */
    public static final String TICK = "tick";

    public static final String HELD = "held";
    public static final String LEASED = "leased";

    public static final int FIRST_HOT_LIMIT = 20;
    private static final int WIDE_LIMIT = 30;
    private static final int TICK_LIMIT = 10;
    static final int HELD_SUBJECTS = 3;

    /** So few that a slow store, too, is asked for more than a window has. */
    static final int TICK_SUBJECTS = 2;

    private static final int HELD_LIMIT = 12;
    /** So few subjects are charged from slices that their limit is reached when half of a round is over. */
    private static final int WIDE_SUBJECTS_OF_A_LEASED = 12;

    private static final int LEASED_LIMIT = 80;

    /** How many of those who ask have to be refused, so that something is proved; of short windows it depends on the store's pace. */
    public static final Map<String, Integer> LEAST_REFUSED_PER_MILLE =
            Map.of(HOT, 10, WIDE, 10, LEASED, 10, TICK, 1, HELD, 1);

    private static final Duration WINDOW = Duration.ofSeconds(2);

    /** How long a hold lasts at most. */
    public static final Duration HOLD = Duration.ofMillis(1_500);

    public static final int UNPOSTED = 5;

    /** Small slices with short lives, so that they end in every way. */
    public static final SlicePolicy SLICES = SlicePolicy.fixed(40)
            .life(Duration.ofMillis(1_500))
            .margin(Duration.ofMillis(400))
            .idle(Duration.ofMillis(100))
            .maxUnposted(UNPOSTED);

    /** Writes the plans and gives each subject one. */
    public void create(QuotaGuard guard) {
        Change change = Change.by("torture");
        guard.plans()
                .create(
                        Plan.named(MOVING)
                                .limit(HOT, FIRST_HOT_LIMIT, ResetPeriod.NEVER)
                                .build(),
                        change);
        guard.plans()
                .create(
                        Plan.named(STEADY)
                                .limit(WIDE, WIDE_LIMIT, ResetPeriod.NEVER)
                                .limit(TICK, TICK_LIMIT, ResetPeriod.every(WINDOW))
                                .feature(PlanFeature.of(HELD, Limit.of(HELD_LIMIT), ResetPeriod.every(WINDOW))
                                        .thresholds(50, 100))
                                .feature(PlanFeature.of(LEASED, Limit.of(LEASED_LIMIT), ResetPeriod.NEVER))
                                .build(),
                        change);
        for (int i = 0; i < hotSubjects; i++) {
            guard.subscriptions().subscribe(hot(i), MOVING, change);
        }
        for (int i = 0; i < wideSubjects; i++) {
            guard.subscriptions().subscribe(wide(i), STEADY, change);
        }
    }

    public String hot(int i) {
        return "hot-" + i;
    }

    public String wide(int i) {
        return "wide-" + i;
    }

    int leasedSubjects() {
        return Math.max(1, wideSubjects / WIDE_SUBJECTS_OF_A_LEASED);
    }

    public List<String> subjects() {
        List<String> subjects = new ArrayList<>();
        for (int i = 0; i < hotSubjects; i++) {
            subjects.add(hot(i));
        }
        for (int i = 0; i < wideSubjects; i++) {
            subjects.add(wide(i));
        }
        return subjects;
    }

    public List<String> plans() {
        return List.of(MOVING, STEADY);
    }
}
