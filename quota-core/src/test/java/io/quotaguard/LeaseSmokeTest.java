package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseSmokeTest {
    @Test
    void admitsExactlyTheLimit() throws Exception {
        InMemoryQuotaStore store = new InMemoryQuotaStore();
        List<QuotaGuard> guards = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            guards.add(QuotaGuard.builder(store).leased("f", SlicePolicy.adaptive()).build());
        }
        Change by = Change.by("t");
        guards.get(0).plans().create(Plan.named("p").feature(PlanFeature.of("f", Limit.of(200_000), ResetPeriod.DAILY)).build(), by);
        guards.get(0).subscriptions().subscribe("u", "p", by);
        AtomicLong allowed = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        long t0 = System.nanoTime();
        for (int i = 0; i < 32; i++) {
            QuotaGuard guard = guards.get(i % 8);
            Thread t = new Thread(() -> {
                while (guard.checkAndRecord("u", "f").allowed()) allowed.incrementAndGet();
            });
            threads.add(t);
            t.start();
        }
        for (Thread t : threads) t.join();
        System.out.println("ms " + (System.nanoTime() - t0) / 1_000_000 + " allowed " + allowed);
        guards.forEach(QuotaGuard::close);
        assertThat(allowed.get()).isEqualTo(200_000);
        System.out.println(QuotaGuard.builder(store).build().overview("u"));
    }
}
