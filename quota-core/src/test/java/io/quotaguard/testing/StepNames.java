package io.quotaguard.testing;

import io.quotaguard.model.Units;
import io.quotaguard.testing.Step.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws the names and numbers of a sequence: few of them, and two subjects and two features most of the time. */
final class StepNames {
    private static final long[] LIMITS = {-1, 0, 1, 2, 4, 5, 8, 10, 20};

    private final Random random;
    private final String suffix;
    private final List<String> hotSubjects = new ArrayList<>();
    private final List<String> hotFeatures = new ArrayList<>();
    private int keys;

    StepNames(Random random, String suffix) {
        this.random = random;
        this.suffix = suffix;
        hotSubjects.add(name("ann"));
        hotSubjects.add(pick(subjects()));
        hotFeatures.add(pick(SequencePlans.FEATURES));
        hotFeatures.add(pick(SequencePlans.FEATURES));
    }

    /** Returns a name that no other sequence has. */
    String name(String word) {
        return word + suffix;
    }

    List<String> subjects() {
        return List.of(name("ann"), name("bob"), name("team"), name("org"), name("corp"));
    }

    List<String> hotSubjects() {
        return hotSubjects;
    }

    boolean isHot(String subject) {
        return hotSubjects.contains(subject);
    }

    String subject() {
        return oneOf(6) ? pick(subjects()) : pick(hotSubjects);
    }

    String feature() {
        return oneOf(6) ? pick(SequencePlans.FEATURES) : pick(hotFeatures);
    }

    Item item() {
        return new Item(subject(), feature(), oneOf(60) ? Units.MAX : amount());
    }

    /** Returns one item, or two or three that differ. */
    List<Item> items() {
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

    long amount() {
        return 1L + random.nextInt(4);
    }

    long limit() {
        return LIMITS[random.nextInt(LIMITS.length)];
    }

    /** Mostly a fresh key, and now and then one that stands for something already. */
    String key() {
        return oneOf(10) ? "key-" + random.nextInt(keys + 1) : "key-" + keys++;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Tells whether it is the one case in so many. */
    boolean oneOf(int cases) {
        return random.nextInt(cases) == 0;
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** Mostly one of the last three. */
    <T> T recent(List<T> list) {
        int last = Math.min(3, list.size());
        return random.nextInt(4) > 0 ? list.get(list.size() - 1 - random.nextInt(last)) : pick(list);
    }
}
