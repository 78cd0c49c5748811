package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Random sequences of zone and anchor changes, held against a walk that opens one window after the other. */
class CadencePropertyTest {

    private static final long SEED = Long.getLong("quota.cadence.seed", 17L);
    private static final int HISTORIES = 800;
    private static final int WINDOWS_BEFORE_AND_AFTER = 8;

    private static final List<String> ZONES =
            ZoneId.getAvailableZoneIds().stream().sorted().toList();
    private static final List<ResetPeriod> PERIODS = List.of(
            ResetPeriod.HOURLY,
            ResetPeriod.DAILY,
            ResetPeriod.WEEKLY,
            ResetPeriod.MONTHLY,
            ResetPeriod.YEARLY,
            ResetPeriod.every(Duration.ofSeconds(1)),
            ResetPeriod.every(Duration.ofMinutes(7)),
            ResetPeriod.every(Duration.ofDays(45)));

    /** A change made to a cadence, and the instant from which its windows are looked at. */
    private record Step(ResetPeriod period, Cadence before, Cadence.Change change, Instant from) {

        Cadence after() {
            return before.changedTo(change.anchor(), change.at());
        }

        void verify(String seed) {
            Cadence after = after();
            List<Window> walked = walk(period, after, from);
            for (Window window : walked) {
                Duration half = Duration.between(window.start(), end(window)).dividedBy(2);
                for (Instant inside : List.of(
                        window.start(), window.start().plus(half), end(window).minusNanos(1))) {
                    expect(after, inside, window, seed);
                }
                if (!window.start().isAfter(change.at())) {
                    expect(before, window.start(), window, seed + ", current or closed at " + change.at());
                }
            }
            assertThat(walked).as(seed).contains(before.windowAt(period, change.at()));
        }

        // A million comparisons: the readable assertion is only built for one that fails.
        private void expect(Cadence cadence, Instant instant, Window expected, String seed) {
            Window window = cadence.windowAt(period, instant);
            if (!window.equals(expected)) {
                assertThat(window)
                        .as("%s: %s of %s at %s", seed, period, cadence, instant)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("R17: whatever changes are made, windows tile time and none that was current or closed moves")
    void randomChanges() {
        System.out.printf("CadencePropertyTest: quota.cadence.seed=%d%n", SEED);
        for (int history = 0; history < HISTORIES; history++) {
            Random random = new Random(SEED + history);
            for (Step step : history(random)) {
                step.verify("seed " + (SEED + history));
            }
        }
    }

    /** One to six changes, bunched so that some share a window and some fall exactly on a boundary. */
    private static List<Step> history(Random random) {
        ResetPeriod period = PERIODS.get(random.nextInt(PERIODS.size()));
        Cadence cadence = Cadence.of(anchor(random));
        Instant now = Instant.ofEpochSecond(random.nextLong(0, WallClockOracle.TO), random.nextInt(1_000_000_000));
        Instant from = now;
        for (int i = 0; i < WINDOWS_BEFORE_AND_AFTER; i++) {
            from = cadence.windowAt(period, from).start().minusNanos(1);
        }
        List<Step> steps = new ArrayList<>();
        int changes = random.nextInt(1, 7);
        while (steps.size() < changes) {
            Window current = cadence.windowAt(period, now);
            now = switch (random.nextInt(5)) {
                case 0 -> now;
                case 1 -> end(current);
                case 2 -> end(current).minusNanos(1);
                case 3 -> within(now, end(current), random);
                default ->
                    within(
                            end(current),
                            end(current)
                                    .plus(Duration.between(current.start(), end(current))
                                            .multipliedBy(2)),
                            random);
            };
            Step step = new Step(period, cadence, new Cadence.Change(now, anchor(random)), from);
            steps.add(step);
            cadence = step.after();
        }
        return steps;
    }

    /** The naive reading of R17: at each window's end, whatever anchor was set last by then decides where the next one ends. */
    private static List<Window> walk(ResetPeriod period, Cadence cadence, Instant from) {
        Anchor anchor = cadence.first();
        Window window = period.windowAt(from, anchor);
        List<Window> windows = new ArrayList<>(List.of(window));
        int afterLastChange = 0;
        while (afterLastChange < WINDOWS_BEFORE_AND_AFTER) {
            boolean changesLeft = false;
            for (Cadence.Change change : cadence.changes()) {
                if (change.at().isBefore(end(window))) {
                    anchor = change.anchor();
                } else {
                    changesLeft = true;
                }
            }
            window = new Window(end(window), end(period.windowAt(end(window), anchor)));
            windows.add(window);
            afterLastChange = changesLeft ? 0 : afterLastChange + 1;
        }
        return windows;
    }

    private static Anchor anchor(Random random) {
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        LocalDateTime origin = LocalDateTime.ofEpochSecond(
                random.nextLong(0, WallClockOracle.TO), random.nextInt(1_000_000_000), ZoneOffset.UTC);
        return Anchor.of(
                zone, random.nextBoolean() ? origin : origin.toLocalDate().atStartOfDay());
    }

    private static Instant within(Instant start, Instant end, Random random) {
        long micros = Duration.between(start, end).toNanos() / 1_000;
        return micros <= 0 ? start : start.plusNanos(random.nextLong(micros) * 1_000);
    }

    private static Instant end(Window window) {
        return window.resetsAt().orElseThrow();
    }
}
