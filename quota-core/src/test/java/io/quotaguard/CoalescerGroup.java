package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A coalescer with one lane, before a store whose gate the test holds. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
abstract class CoalescerGroup {
    static final Duration LONG = Duration.ofSeconds(60);
    static final Duration SHORT = Duration.ofMillis(150);

    final GatedStore store = new GatedStore(new InMemoryQuotaStore());
    final Entitlements entitlements = new Entitlements(store.catalog(), 1000);
    Coalescer coalescer = new Coalescer(store, new Coalescing(1, 1, 4, 100));

    final void coalescer(Coalescing settings) {
        coalescer = new Coalescer(store, settings);
    }

    @BeforeEach
    final void somethingToUse() {
        try (QuotaGuard quota = QuotaGuard.builder(store).build()) {
            Change byTest = Change.by("test");
            Plan plan = Plan.named("plan")
                    .limit("few", 5, ResetPeriod.NEVER)
                    .feature(PlanFeature.of("many", Limit.unlimited(), ResetPeriod.NEVER))
                    .build();
            quota.plans().create(plan, byTest);
            quota.plans().setDefault("plan", byTest);
        }
    }

    @AfterEach
    final void noCallIsLeft() {
        store.open();
        coalescer.close();
        store.close();
    }

    final Command command(Operation operation, String subject, String feature, String key) {
        Charge charge = Charge.of(operation, Usage.of(subject, feature).key(key));
        return charge.resolve(entitlements, store.clock().instant(), Deadline.after(LONG));
    }

    final Command use(String key) {
        return command(Operation.RECORD, "ann", "many", key);
    }

    final Caller start(Command command, Duration timeout) {
        return Caller.start(() -> coalescer.execute(command, Deadline.after(timeout)));
    }

    final Caller start(String key) {
        return start(use(key), LONG);
    }

    /** Has one call go straight and another lead, both held up in the store, so that whoever comes next has to wait. */
    final void keepBusy() {
        int before = store.trips().size();
        store.shut();
        start("direct");
        store.awaitTrips(before + 1);
        start("leader");
        store.awaitTrips(before + 2);
    }

    final long used(String subject, String feature) {
        Deadline deadline = Deadline.after(LONG);
        Command look = Charge.look(subject, feature)
                .resolve(entitlements, store.clock().instant(), deadline);
        Outcome looked = store.execute(List.of(look), deadline).get(0);
        return ((Outcome.Accepted) looked).verdicts().get(0).counter().used();
    }

    static void assertAccepted(Caller caller) {
        assertThat(caller.outcome()).isInstanceOf(Outcome.Accepted.class);
    }
}
