package io.quotaguard.testing;

import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Units;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes the steps of a sequence from a seed, without looking at what comes of them: so that two players get the same.
 *
 * <p>Small limits, few names, times just around boundaries and keys that come again: where the rules meet each other.
 */
final class StepGenerator {
    static final Map<String, ResetPeriod> PERIODS = Map.of(
            "hour", ResetPeriod.HOURLY,
            "day", ResetPeriod.DAILY,
            "month", ResetPeriod.MONTHLY,
            "ever", ResetPeriod.NEVER);

    private static final List<String> FEATURES = List.of("hour", "day", "month", "ever");
    private static final long[] LIMITS = {-1, 0, 1, 2, 4, 5, 8, 10, 20, 100};
    /** A whole sequence stays within what every store keeps (R10). */
    private static final Duration SPAN = Duration.ofDays(33);

    private final Random random;
    private final String suffix;
    private final Instant start;
    private final List<Step> repeatable = new ArrayList<>();
    private Instant now;
    private int keys;

    StepGenerator(long seed) {
        random = new Random(seed);
        suffix = "-" + seed;
        start = Instant.parse("2026-01-01T00:00:00Z")
                .plus(Duration.ofDays(Math.floorMod(seed, SequenceTranscript.PER_FIXTURE) * 400L))
                .plusSeconds(random.nextInt(60 * 60 * 24 * 60));
        now = start;
    }

    Instant start() {
        return start;
    }

    /** The plans at their first version: features with their limits, in the order of declaration. */
    Map<String, Map<String, Long>> plans() {
        Map<String, Map<String, Long>> plans = new LinkedHashMap<>();
        plans.put("free" + suffix, limits(3, 5, 12, 20));
        plans.put("pro" + suffix, limits(10, 20, 60, -1));
        plans.put("lite" + suffix, Map.of("hour", 2L, "day", 4L));
        plans.put("zero" + suffix, Map.of("hour", 0L, "month", 7L));
        return plans;
    }

    private static Map<String, Long> limits(long hour, long day, long month, long ever) {
        return Map.of("hour", hour, "day", day, "month", month, "ever", ever);
    }

    List<String> subjects() {
        return List.of("ann" + suffix, "bob" + suffix, "team" + suffix);
    }

    /** The first two subjects begin with this plan, the second with days of Asia/Shanghai; the third begins with none. */
    String firstPlan() {
        return "free" + suffix;
    }

    Step next() {
        int dice = random.nextInt(100);
        if (dice < 42) {
            return remembered(new Step.Use(items(), key()));
        } else if (dice < 52 && !repeatable.isEmpty()) {
            return pick(repeatable);
        } else if (dice < 57) {
            return new Step.Check(item());
        } else if (dice < 63) {
            return remembered(new Step.Reset(subject(), feature(), key()));
        } else if (dice < 73) {
            return move();
        } else if (dice < 79) {
            return new Step.Look(subject());
        }
        return change(dice);
    }

    private Step change(int dice) {
        String plan = pick(List.copyOf(plans().keySet()));
        if (dice < 82) {
            return new Step.ChangePlan(subject(), plan, pick(List.of(Start.values())));
        } else if (dice < 84) {
            return new Step.ChangePlan(subject(), plan, null);
        } else if (dice < 86) {
            return random.nextInt(3) == 0 ? new Step.Pin(subject(), plan) : new Step.Subscribe(subject(), plan);
        } else if (dice < 92) {
            return new Step.Overriding(subject(), feature(), limit(), until());
        } else if (dice < 94) {
            return new Step.RemoveOverride(subject(), feature());
        } else if (dice < 98) {
            String feature = pick(Objects.requireNonNull(plans().get(plan)).keySet().stream()
                    .sorted()
                    .toList());
            return new Step.EditPlan(plan, feature, limit(), random.nextInt(6) > 0);
        }
        return new Step.SetDefault(random.nextInt(4) == 0 ? null : plan);
    }

    private Step remembered(Step step) {
        repeatable.add(step);
        return step;
    }

    private Step move() {
        Instant to = switch (random.nextInt(14)) {
            case 0 -> nextMidnight();
            case 1 -> nextMidnight().minusNanos(1000);
            case 2 -> now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
            case 3 ->
                now.atZone(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.DAYS)
                        .withDayOfMonth(1)
                        .plusMonths(1)
                        .toInstant();
            case 4 -> nextMidnight().minus(Duration.ofHours(8));
            case 5, 6 -> now.plusSeconds(random.nextInt(4 * 60 * 60));
            default -> now.plusSeconds(random.nextInt(30 * 60));
        };
        if (to.isAfter(now) && to.isBefore(start.plus(SPAN))) {
            now = to;
        }
        return new Step.MoveTo(now);
    }

    private Instant nextMidnight() {
        return now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
    }

    private @Nullable Instant until() {
        return random.nextBoolean() ? null : now.plusSeconds(random.nextInt(3 * 60 * 60) - 60);
    }

    private List<Step.Item> items() {
        List<Step.Item> items = new ArrayList<>();
        int count = random.nextInt(4) > 0 ? 1 : 2 + random.nextInt(2);
        while (items.size() < count) {
            Step.Item item = item();
            boolean there = items.stream()
                    .anyMatch(other -> other.subject().equals(item.subject())
                            && other.feature().equals(item.feature()));
            if (!there) {
                items.add(item);
            }
        }
        return items;
    }

    private Step.Item item() {
        long amount = random.nextInt(40) == 0 ? Units.MAX : 1 + random.nextInt(4);
        return new Step.Item(subject(), feature(), amount);
    }

    /** Mostly a fresh key, and now and then one that stands for something already. */
    private String key() {
        return random.nextInt(8) == 0 ? "key-" + random.nextInt(keys + 1) : "key-" + keys++;
    }

    private String subject() {
        return pick(subjects());
    }

    private String feature() {
        return pick(FEATURES);
    }

    private long limit() {
        return LIMITS[random.nextInt(LIMITS.length)];
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
