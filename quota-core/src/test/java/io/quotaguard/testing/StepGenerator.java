package io.quotaguard.testing;

import io.quotaguard.model.Grant;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Units;
import io.quotaguard.testing.Step.Ending;
import io.quotaguard.testing.Step.Item;
import io.quotaguard.testing.Step.Named;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the steps of a sequence from a seed, without looking at what comes of them: so that two players get the same.
 *
 * <p>Small limits, few names, times just around boundaries, keys that come again, and holds and uses that are named after
 * they ended: where the rules meet each other.
 */
final class StepGenerator {
    private static final long[] LIMITS = {-1, 0, 1, 2, 4, 5, 8, 10, 20};
    private static final List<Overage> OVERAGES =
            List.of(Overage.HARD, Overage.upTo(1), Overage.upTo(3), Overage.upToPercent(50), Overage.SOFT);
    private static final int[] TTL_MINUTES = {1, 10, 30, 60, 120};

    private final Random random;
    private final String suffix;
    private final StepTimes times;
    private final List<String> hotSubjects = new ArrayList<>();
    private final List<String> hotFeatures = new ArrayList<>();
    private final List<Step> repeatable = new ArrayList<>();
    private final List<Named> uses = new ArrayList<>();
    private final List<Named> holds = new ArrayList<>();
    private final List<String> grants = new ArrayList<>();
    private int keys;

    StepGenerator(long seed) {
        random = new Random(seed);
        suffix = "-" + seed;
        times = new StepTimes(random, seed);
        hotSubjects.add(name("ann"));
        hotSubjects.add(pick(subjects()));
        while (hotFeatures.size() < 2) {
            hotFeatures.add(pick(SequencePlans.FEATURES));
        }
    }

    /** Returns what there is before the steps: the plans that they name. */
    SequenceStart start(List<Step> steps) {
        String named = steps.toString();
        List<Plan> plans = SequencePlans.all(suffix).stream()
                .filter(plan -> named.contains(plan.code()))
                .toList();
        return new SequenceStart(times.start(), plans);
    }

    List<String> subjects() {
        return List.of(name("ann"), name("bob"), name("team"), name("org"), name("corp"));
    }

    /** Returns the steps, with a look at everyone whom they are about in the end. */
    List<Step> steps(int count) {
        List<Step> steps = new ArrayList<>(beginning());
        for (int i = 0; i < count; i++) {
            steps.add(next());
        }
        Set<String> touched = new LinkedHashSet<>();
        steps.forEach(step -> touched.addAll(step.subjects()));
        touched.forEach(subject -> steps.add(new Step.Look(subject)));
        steps.add(new Step.LookAtPool(name("team")));
        steps.add(lookAtNumbers());
        return steps;
    }

    /** Two subscribers, one of them abroad, and often a pool or two. */
    private List<Step> beginning() {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step.Subscribe(name("ann"), name("free"), null));
        if (random.nextInt(2) == 0) {
            steps.add(new Step.Subscribe(name("bob"), name("free"), ZoneId.of("Asia/Shanghai")));
        }
        if (random.nextInt(2) == 0) {
            steps.add(new Step.Subscribe(name("team"), name("crew"), null));
            steps.add(new Step.Join(name("ann"), name("team")));
        }
        if (random.nextInt(3) == 0) {
            steps.add(new Step.Join(name("bob"), name("team")));
        }
        if (random.nextInt(4) == 0) {
            steps.add(new Step.Subscribe(name("org"), name("pro"), null));
            steps.add(new Step.Join(name("team"), name("org")));
        }
        return steps;
    }

    private Step next() {
        int dice = random.nextInt(1000);
        if (dice < 150) {
            return charge();
        } else if (dice < 190 && !repeatable.isEmpty()) {
            return pick(repeatable);
        } else if (dice < 300) {
            return hold();
        } else if (dice < 520 && !holds.isEmpty()) {
            return settle();
        } else if (dice < 630 && !uses.isEmpty()) {
            return correct();
        } else if (dice < 670) {
            return again(new Step.Reset(subject(), feature(), key()));
        } else if (dice < 790) {
            return new Step.MoveTo(times.move());
        } else if (dice < 815) {
            return look();
        } else if (dice < 875) {
            return grant();
        } else if (dice < 920) {
            return new Step.Join(pick(subjects()), random.nextInt(3) == 0 ? null : pick(subjects()));
        }
        return change();
    }

    private Step charge() {
        int dice = random.nextInt(10);
        Step step;
        if (dice < 5) {
            step = named(new Step.Use(items(), key()));
        } else if (dice < 7) {
            step = named(new Step.UpTo(item(), key()));
        } else if (dice < 8) {
            return elsewhere(new Step.Check(item()));
        } else {
            List<Item> items = new ArrayList<>(List.of(item(), item()));
            List<String> ownKeys = new ArrayList<>(List.of(key(), key()));
            if (random.nextBoolean()) {
                items.add(items.get(0));
                ownKeys.add(pick(ownKeys));
            }
            return named(new Step.Each(items, ownKeys));
        }
        return elsewhere(step);
    }

    private Step elsewhere(Step step) {
        return random.nextInt(4) == 0 ? new Step.Elsewhere(step) : step;
    }

    /** Takes note of the uses of a step, for what comes later. */
    private Step named(Step step) {
        if (step instanceof Step.Use use) {
            use.items().forEach(item -> uses.add(name(item, use.key())));
        } else if (step instanceof Step.UpTo upTo) {
            uses.add(name(upTo.item(), upTo.key()));
        } else if (step instanceof Step.Each each) {
            uses.add(name(each.items().get(0), each.keys().get(0)));
        }
        return again(step);
    }

    private static Named name(Item item, String key) {
        return new Named(item.subject(), item.feature(), key);
    }

    private Step again(Step step) {
        repeatable.add(step);
        return step;
    }

    private Step hold() {
        Item item = item();
        String key = key();
        Duration ttl = ttl();
        times.remember(ttl);
        holds.add(name(item, key));
        uses.add(name(item, key));
        if (random.nextInt(4) == 0) {
            return again(new Step.Call(item, key, ttl, pick(List.of(Ending.values()))));
        }
        return again(new Step.Hold(item, key, ttl));
    }

    private Step settle() {
        Named held = recent(holds);
        boolean resumed = random.nextInt(3) == 0;
        int dice = random.nextInt(20);
        if (dice < 5) {
            return new Step.Settle(held, new Step.Commit(null, false), resumed);
        } else if (dice < 8) {
            return new Step.Settle(held, new Step.Commit(amount(), false), resumed);
        } else if (dice < 12) {
            return new Step.Settle(held, new Step.Commit(amount() + random.nextInt(4), true), resumed);
        } else if (dice < 15) {
            return new Step.Settle(held, new Step.Release(), resumed);
        } else if (dice < 17) {
            return new Step.Settle(held, new Step.Close(), resumed);
        } else if (dice < 19) {
            Duration ttl = ttl();
            times.remember(ttl);
            return new Step.Settle(held, new Step.Extend(ttl), resumed);
        }
        return new Step.Settle(held, new Step.Find(), true);
    }

    private Step correct() {
        boolean absolute = random.nextBoolean();
        long units = absolute ? random.nextInt(4) : 1 + random.nextInt(3);
        return again(new Step.Correct(recent(uses), units, absolute, key()));
    }

    private Step grant() {
        if (random.nextInt(4) == 0 && !grants.isEmpty()) {
            return new Step.TakeBack(pick(grants), subject());
        }
        String label = "grant-" + grants.size();
        grants.add(label);
        Grant grant = Grant.of(subject(), feature(), 1 + random.nextInt(6)).priority(random.nextInt(3));
        if (random.nextInt(3) == 0) {
            grant = grant.from(times.soon());
        }
        Instant from = grant.effectiveAt();
        Instant until = times.soon();
        if (random.nextBoolean() && (from == null || from.isBefore(until))) {
            grant = grant.until(until);
        }
        // Request keys are the catalog's, which other sequences share.
        String key = random.nextInt(3) == 0 ? key() + suffix : null;
        return again(new Step.Give(label, grant, key));
    }

    private Step change() {
        int dice = random.nextInt(16);
        String plan = pick(SequencePlans.all(suffix)).code();
        if (dice < 3) {
            return new Step.ChangePlan(subject(), plan, pick(List.of(Start.values())));
        } else if (dice < 5) {
            return new Step.ChangePlan(subject(), plan, null);
        } else if (dice < 7) {
            return random.nextInt(3) == 0 ? new Step.Pin(subject(), plan) : new Step.Subscribe(subject(), plan, null);
        } else if (dice < 10) {
            Overage overage = random.nextInt(3) == 0 ? pick(OVERAGES) : null;
            Long units = overage != null && random.nextBoolean() ? null : limit();
            return new Step.Overriding(subject(), feature(), units, overage, until());
        } else if (dice < 11) {
            return new Step.RemoveOverride(subject(), feature());
        } else if (dice < 15) {
            return edit(pick(SequencePlans.all(suffix)));
        }
        return new Step.SetDefault(random.nextInt(3) == 0 ? null : plan);
    }

    private Step edit(Plan plan) {
        String feature = pick(plan.features().keySet().stream().sorted().toList());
        PlanFeature terms = SequencePlans.feature(feature, limit()).overage(pick(OVERAGES));
        if (SequencePlans.PAID.contains(feature) && random.nextInt(3) > 0) {
            terms = terms.drawing(1 + random.nextInt(3), SequencePlans.CREDITS);
        }
        return new Step.EditPlan(plan.code(), terms, random.nextInt(6) > 0);
    }

    private Step look() {
        int dice = random.nextInt(3);
        return dice == 0
                ? new Step.LookAtPool(pick(List.of(name("team"), name("org"))))
                : dice == 1 ? new Step.Look(subject()) : lookAtNumbers();
    }

    private Step lookAtNumbers() {
        return new Step.LookAtNumbers(subject(), feature(), times.start(), times.end());
    }

    private @Nullable Instant until() {
        return random.nextBoolean() ? null : times.soon();
    }

    private List<Item> items() {
        List<Item> items = new ArrayList<>();
        int count = random.nextInt(4) > 0 ? 1 : 2 + random.nextInt(2);
        while (items.size() < count) {
            Item item = item();
            boolean there = items.stream()
                    .anyMatch(other -> other.subject().equals(item.subject())
                            && other.feature().equals(item.feature()));
            if (!there) {
                items.add(item);
            }
        }
        return items;
    }

    private Item item() {
        return new Item(subject(), feature(), random.nextInt(60) == 0 ? Units.MAX : amount());
    }

    private long amount() {
        return 1 + random.nextInt(4);
    }

    /** Mostly a fresh key, and now and then one that stands for something already. */
    private String key() {
        return random.nextInt(10) == 0 ? "key-" + random.nextInt(keys + 1) : "key-" + keys++;
    }

    private Duration ttl() {
        return Duration.ofMinutes(TTL_MINUTES[random.nextInt(TTL_MINUTES.length)]);
    }

    private String name(String short_) {
        return short_ + suffix;
    }

    private String subject() {
        return random.nextInt(4) > 0 ? pick(hotSubjects) : pick(subjects());
    }

    private String feature() {
        return random.nextInt(4) > 0 ? pick(hotFeatures) : pick(SequencePlans.FEATURES);
    }

    private long limit() {
        return LIMITS[random.nextInt(LIMITS.length)];
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** Mostly one of the last three. */
    private <T> T recent(List<T> list) {
        int last = Math.min(3, list.size());
        return random.nextInt(4) > 0 ? list.get(list.size() - 1 - random.nextInt(last)) : pick(list);
    }
}
