package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Takes the steps of a sequence through the public API of a guard over a store. */
final class GuardPlayer implements Step.Player {
    private static final Change BY_TEST = Change.by("sequence");

    private final StoreFixture fixture;
    private final QuotaGuard quota;

    GuardPlayer(StoreFixture fixture, QuotaGuard quota, StepGenerator steps) {
        this.fixture = fixture;
        this.quota = quota;
        fixture.setTime(steps.start());
        steps.plans().forEach(this::create);
        quota.plans().setDefault(null, BY_TEST);
        quota.subscriptions().subscribe(steps.subjects().get(0), steps.firstPlan(), BY_TEST);
        Anchor abroad = Anchor.inZone(ZoneId.of("Asia/Shanghai"));
        quota.subscriptions().subscribe(steps.subjects().get(1), steps.firstPlan(), abroad, BY_TEST);
    }

    private void create(String code, Map<String, Long> limits) {
        Plan.Builder plan = Plan.named(code);
        limits.forEach((feature, units) -> plan.limit(feature, units, period(feature)));
        quota.plans().create(plan.build(), BY_TEST);
    }

    private static ResetPeriod period(String feature) {
        return Objects.requireNonNull(StepGenerator.PERIODS.get(feature));
    }

    @Override
    public String play(Step step) {
        try {
            return answer(step);
        } catch (IdempotencyConflictException e) {
            return "conflict";
        } catch (InvalidQuotaArgumentException e) {
            return "error";
        }
    }

    private String answer(Step step) {
        if (step instanceof Step.Use use) {
            List<Usage> lines = new ArrayList<>();
            use.items().forEach(item -> lines.add(usage(item).key(use.key())));
            return quota.checkAndRecordAll(lines).toString();
        } else if (step instanceof Step.Check check) {
            return quota.check(usage(check.item())).verdicts().toString();
        } else if (step instanceof Step.Reset reset) {
            Change change = BY_TEST.key(reset.key());
            return quota.reset(reset.subject(), reset.feature(), change).toString();
        } else if (step instanceof Step.Look look) {
            return look(look.subject());
        } else if (step instanceof Step.MoveTo move) {
            fixture.setTime(move.instant());
        } else {
            change(step);
        }
        return "";
    }

    private void change(Step step) {
        if (step instanceof Step.Subscribe change) {
            quota.subscriptions().subscribe(change.subject(), change.plan(), BY_TEST);
        } else if (step instanceof Step.Pin change) {
            quota.subscriptions().pin(change.subject(), change.plan(), 1, BY_TEST);
        } else if (step instanceof Step.ChangePlan change) {
            if (change.start() == null) {
                quota.subscriptions().changePlan(change.subject(), change.plan(), BY_TEST);
            } else {
                quota.subscriptions().changePlan(change.subject(), change.plan(), change.start(), BY_TEST);
            }
        } else if (step instanceof Step.Overriding change) {
            FeatureOverride override = FeatureOverride.ofLimit(change.subject(), change.feature(), change.units());
            Instant until = change.until();
            quota.subscriptions().override(until == null ? override : override.until(until), BY_TEST);
        } else if (step instanceof Step.RemoveOverride change) {
            quota.subscriptions().removeOverride(change.subject(), change.feature(), BY_TEST);
        } else if (step instanceof Step.EditPlan edit) {
            quota.plans().update(edited(edit), BY_TEST);
        } else if (step instanceof Step.SetDefault choice) {
            quota.plans().setDefault(choice.plan(), BY_TEST);
        }
    }

    private Plan edited(Step.EditPlan edit) {
        Plan found = quota.plans().get(edit.plan()).orElseThrow();
        Plan.Builder plan = Plan.named(edit.plan());
        for (PlanFeature terms : found.features().values()) {
            boolean meant = terms.feature().equals(edit.feature());
            plan.feature(
                    meant ? PlanFeature.of(terms.feature(), Limit.of(edit.units()), period(terms.feature())) : terms);
        }
        return plan.build().withActive(edit.active()).withVersion(found.version());
    }

    private String look(String subject) {
        StringBuilder text = new StringBuilder();
        for (FeatureUsage each : quota.overview(subject).features()) {
            text.append(each.feature())
                    .append(' ')
                    .append(each.counter().used())
                    .append(" of ")
                    .append(each.limit())
                    .append("; ");
        }
        List<String> alerts = new ArrayList<>();
        for (Alert alert : quota.alerts().list(subject, 0, UsageQuery.MAX_PAGE_SIZE)) {
            alerts.add(alert.feature() + " " + alert.threshold() + "% " + alert.used() + "/" + alert.limit() + " #"
                    + alert.generation());
        }
        List<String> ledger = new ArrayList<>();
        for (UsageRecord row : quota.usage().records(UsageQuery.of(subject).pageSize(UsageQuery.MAX_PAGE_SIZE))) {
            ledger.add(row.feature() + " " + row.amount() + " -> " + row.usedAfter() + " " + row.key());
        }
        return text + "alerts " + alerts + " ledger " + ledger;
    }

    private static Usage usage(Step.Item item) {
        return Usage.of(item.subject(), item.feature()).amount(item.amount());
    }
}
