package io.quotaguard.testing;

import io.quotaguard.Meter;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Takes the steps of a sequence through the public API of two guards over a store. */
final class GuardPlayer implements Step.Player {
    static final Change BY_TEST = Change.by("sequence");

    private final StoreFixture fixture;
    private final QuotaGuard quota;
    private final QuotaGuard elsewhere;
    private final GuardReservations reservations;
    private final GuardChanges changes;
    private final GuardLooks looks;
    private final Map<List<Object>, Meter> meters = new HashMap<>();
    private int uses;

    /** Makes a player on a store with nothing but the plans that {@code start} names. */
    GuardPlayer(StoreFixture fixture, GuardPair guards, SequenceStart start) {
        this.fixture = fixture;
        this.quota = guards.first();
        this.elsewhere = guards.second();
        this.changes = new GuardChanges(quota);
        this.reservations = new GuardReservations(
                guards, this::moveTo, () -> fixture.clock().instant());
        this.looks = new GuardLooks(quota, changes.grantIds());
        moveTo(start.instant());
        start.plans().forEach(plan -> quota.plans().create(plan, BY_TEST));
        if (quota.plans().defaultPlan().isPresent()) {
            quota.plans().setDefault(null, BY_TEST);
        }
    }

    @Override
    public String play(Step step) {
        return outcome(() -> answer(step));
    }

    /** Returns the answer, or in a word the failure that a caller gets in its place. */
    private static String outcome(Callable<String> call) {
        try {
            return call.call();
        } catch (Exception e) {
            return failure(e);
        }
    }

    private static String failure(Exception failure) {
        if (failure instanceof IdempotencyConflictException) {
            return "conflict";
        } else if (failure instanceof InvalidQuotaArgumentException) {
            return "error";
        } else if (failure instanceof ReservationSettledException settled) {
            return "settled " + settled.state();
        } else if (failure instanceof QuotaExceededException exceeded) {
            return "exceeded: " + SequenceText.decision(exceeded.decision());
        } else if (failure instanceof GuardReservations.WorkFailedException) {
            return "the work failed";
        }
        return "broke: " + failure;
    }

    private String answer(Step step) throws Exception {
        if (step instanceof Step.Elsewhere other) {
            return charge(other.step(), elsewhere);
        } else if (step instanceof Step.Each each) {
            return each(each);
        } else if (step instanceof Step.Hold hold) {
            return reservations.hold(hold);
        } else if (step instanceof Step.Call call) {
            return reservations.call(call);
        } else if (step instanceof Step.Settle settle) {
            return reservations.settle(settle);
        } else if (step instanceof Step.Correct correct) {
            return correct(correct);
        } else if (step instanceof Step.Reset reset) {
            return SequenceText.decision(quota.reset(reset.subject(), reset.feature(), BY_TEST.key(reset.key())));
        } else if (step instanceof Step.MoveTo move) {
            moveTo(move.instant());
            return "done";
        } else if (step.isLook()) {
            return looks.look(step);
        }
        return changes.change(step) ? "done" : charge(step, quota);
    }

    private String charge(Step step, QuotaGuard quota) {
        if (step instanceof Step.Use use) {
            return SequenceText.decision(use.items().size() == 1 ? alone(use, quota) : together(use, quota));
        } else if (step instanceof Step.UpTo upTo) {
            return SequenceText.decision(
                    quota.checkAndRecordUpTo(usage(upTo.item()).key(upTo.key())));
        } else if (step instanceof Step.Check check) {
            // A check has no key of its own.
            Step.Item item = check.item();
            Decision found = uses++ % 2 == 0
                    ? quota.check(usage(item))
                    : quota.meter(item.subject(), item.feature()).check(item.amount());
            return "found" + SequenceText.verdicts(found.verdicts());
        }
        throw new IllegalStateException("nobody takes " + step);
    }

    /** A use by itself goes each of its three ways in turn, so that retries go another way than what they repeat. */
    private Decision alone(Step.Use use, QuotaGuard quota) {
        Step.Item item = use.items().get(0);
        int way = uses++ % 3;
        if (way == 0) {
            return together(use, quota);
        } else if (way == 1) {
            return quota.checkAndRecord(usage(item).key(use.key()));
        }
        return meters.computeIfAbsent(
                        List.of(quota, item.subject(), item.feature()),
                        pair -> quota.meter(item.subject(), item.feature()))
                .checkAndRecord(item.amount(), use.key());
    }

    private static Decision together(Step.Use use, QuotaGuard quota) {
        List<Usage> lines = new ArrayList<>();
        use.items().forEach(item -> lines.add(usage(item).key(use.key())));
        return quota.checkAndRecordAll(lines);
    }

    private String each(Step.Each each) {
        List<Usage> usages = new ArrayList<>();
        for (int i = 0; i < each.items().size(); i++) {
            usages.add(usage(each.items().get(i)).key(each.keys().get(i)));
        }
        // A guard that learns of the store's time only from the answer sends some of them a second time, after the
        // others.
        quota.overview(usages.get(0).subject());
        List<String> results = new ArrayList<>();
        for (UsageResult result : quota.checkAndRecordEach(usages)) {
            results.add(outcome(() -> SequenceText.decision(result.orThrow())));
        }
        return "each " + String.join("; ", results);
    }

    private String correct(Step.Correct correct) {
        Correction.Use use = Correction.ofKey(
                correct.use().subject(), correct.use().feature(), correct.use().key());
        Correction correction = correct.absolute() ? use.to(correct.units()) : use.by(correct.units());
        return SequenceText.decision(quota.usage().correct(correction, BY_TEST.key(correct.key())));
    }

    /** Work that took too long may have moved the clock beyond where a step would. */
    private void moveTo(Instant instant) {
        if (instant.isAfter(fixture.clock().instant())) {
            fixture.setTime(instant);
        }
    }

    static Usage usage(Step.Item item) {
        return Usage.of(item.subject(), item.feature()).amount(item.amount());
    }
}
