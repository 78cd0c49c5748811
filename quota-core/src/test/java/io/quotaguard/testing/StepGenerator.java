package io.quotaguard.testing;

import io.quotaguard.model.Plan;
import io.quotaguard.testing.Step.Ending;
import io.quotaguard.testing.Step.Item;
import io.quotaguard.testing.Step.Named;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes the steps of a sequence from a seed, without looking at what comes of them: so that two players get the same.
 *
 * <p>Small limits, few names, times just around boundaries, keys that come again, and holds and uses that are named after
 * they ended: where the rules meet each other.
 */
final class StepGenerator {
    private static final int[] TTL_MINUTES = {1, 10, 30, 60, 120};

    private final StepNames names;
    private final StepTimes times;
    private final StepChanges changes;
    private final List<Plan> plans;
    private final List<Step> repeatable = new ArrayList<>();
    private final List<Named> uses = new ArrayList<>();
    private final List<Named> holds = new ArrayList<>();
    private final Set<Named> called = new HashSet<>();

    StepGenerator(long seed) {
        Random random = new Random(seed);
        String suffix = "-" + seed;
        names = new StepNames(random, suffix);
        times = new StepTimes(random, seed);
        plans = SequencePlans.all(suffix);
        changes = new StepChanges(names, times, plans);
    }

    /** Returns what there is before the steps: the plans that they name. */
    SequenceStart start(List<Step> steps) {
        String named = steps.toString();
        return new SequenceStart(
                times.start(),
                plans.stream().filter(plan -> named.contains(plan.code())).toList());
    }

    /** Returns the steps, with a look in the end at those whom most of them are about. */
    List<Step> steps(int count) {
        List<Step> steps = new ArrayList<>(changes.beginning());
        for (int i = 0; i < count; i++) {
            steps.add(next());
        }
        names.hotSubjects().stream().distinct().forEach(subject -> steps.add(new Step.Look(subject)));
        steps.add(new Step.Look(names.pick(names.subjects())));
        steps.add(names.oneOf(2) ? lookAtPool() : lookAtNumbers());
        return steps;
    }

    private Step next() {
        int dice = names.below(1000);
        if (dice < 150) {
            return charge();
        } else if (dice < 190 && !repeatable.isEmpty()) {
            return names.pick(repeatable);
        } else if (dice < 300) {
            return again(hold());
        } else if (dice < 520 && !holds.isEmpty()) {
            return settle(names.recent(holds));
        } else if (dice < 630 && !uses.isEmpty()) {
            return again(correct());
        } else if (dice < 670) {
            return again(new Step.Reset(names.subject(), names.feature(), names.key()));
        } else if (dice < 790) {
            return new Step.MoveTo(times.move());
        } else if (dice < 805) {
            return look();
        } else if (dice < 870) {
            return again(changes.grant());
        } else if (dice < 915) {
            return changes.membership();
        }
        return changes.terms();
    }

    private Step charge() {
        int dice = names.below(10);
        if (dice < 5) {
            Step.Use use = new Step.Use(names.items(), names.key());
            use.items().forEach(item -> uses.add(named(item, use.key())));
            return elsewhere(again(use));
        } else if (dice < 7) {
            Step.UpTo upTo = new Step.UpTo(names.item(), names.key());
            uses.add(named(upTo.item(), upTo.key()));
            return elsewhere(again(upTo));
        } else if (dice < 8) {
            return elsewhere(new Step.Check(names.item()));
        }
        List<Item> items = new ArrayList<>(List.of(names.item(), names.item()));
        List<String> keys = new ArrayList<>(List.of(names.key(), names.key()));
        uses.add(named(items.get(0), keys.get(0)));
        if (names.oneOf(2)) {
            items.add(items.get(0));
            keys.add(names.pick(keys));
        }
        return again(new Step.Each(items, keys));
    }

    private Step elsewhere(Step step) {
        return names.oneOf(4) ? new Step.Elsewhere(step) : step;
    }

    /** Takes note of a step that may come again. */
    private Step again(Step step) {
        repeatable.add(step);
        return step;
    }

    private static Named named(Item item, String key) {
        return new Named(item.subject(), item.feature(), key);
    }

    private Step hold() {
        Item item = names.item();
        String key = names.key();
        Duration ttl = ttl();
        holds.add(named(item, key));
        uses.add(named(item, key));
        if (names.oneOf(4)) {
            called.add(named(item, key));
            return new Step.Call(item, key, ttl, names.pick(List.of(Ending.values())));
        }
        return new Step.Hold(item, key, ttl);
    }

    /** What a call held has no other handle than its id. */
    private Step settle(Named held) {
        Step.Settling how = settling();
        boolean resumed = how instanceof Step.Find || called.contains(held) || names.oneOf(3);
        return new Step.Settle(held, how, resumed);
    }

    private Step.Settling settling() {
        int dice = names.below(20);
        if (dice < 5) {
            return new Step.Commit(null, false);
        } else if (dice < 8) {
            return new Step.Commit(names.amount(), false);
        } else if (dice < 12) {
            return new Step.Commit(names.amount() + names.below(4), true);
        } else if (dice < 15) {
            return new Step.Release();
        } else if (dice < 17) {
            return new Step.Close();
        }
        return dice < 19 ? new Step.Extend(ttl()) : new Step.Find();
    }

    /** Returns how long a hold lasts, and lets the clock come to its end. */
    private Duration ttl() {
        Duration ttl = Duration.ofMinutes(TTL_MINUTES[names.below(TTL_MINUTES.length)]);
        times.remember(ttl);
        return ttl;
    }

    private Step correct() {
        boolean absolute = names.oneOf(2);
        long units = absolute ? names.below(4) : 1L + names.below(3);
        return new Step.Correct(names.recent(uses), units, absolute, names.key());
    }

    private Step look() {
        return switch (names.below(3)) {
            case 0 -> lookAtPool();
            case 1 -> lookAtNumbers();
            default -> new Step.Look(names.subject());
        };
    }

    private Step lookAtPool() {
        return new Step.LookAtPool(names.name(names.oneOf(4) ? "org" : "team"));
    }

    private Step lookAtNumbers() {
        return new Step.LookAtNumbers(names.subject(), names.feature(), times.start(), times.end());
    }
}
