package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** What Redis needs for a use that it has counted and that is not in the ledger yet: found out with a ledger that takes none. */
final class UsesOnTheirWay {
    private static final int USES = 1_000;
    private static final Duration DRAINING = Duration.ofSeconds(30);

    private UsesOnTheirWay() {}

    /** Returns the bytes of one. */
    static double bytes(Bed bed) {
        AtomicBoolean away = new AtomicBoolean();
        RedisQuotaStore store = bed.redis().inFrontOf(goingAway(bed.postgres().serving(), away));
        Crowd one = new Crowd("on-their-way", 1);
        try (QuotaGuard quota = GuardCalls.guard(store, 1)) {
            quota.plans().create(GuardCalls.plan(one, Subjects.ROOM), Change.by("benchmark"));
            quota.subscriptions().subscribe(one.subject(0), one.plan(), Change.by("benchmark"));
            quota.checkAndRecord(one.subject(0), GuardCalls.FEATURE).orThrow();
            store.drain(Deadline.after(DRAINING));
            away.set(true);
            long before = bed.bytesInRedis();
            for (int use = 0; use < USES; use++) {
                quota.checkAndRecord(one.subject(0), GuardCalls.FEATURE).orThrow();
            }
            long after = bed.bytesInRedis();
            away.set(false);
            store.drain(Deadline.after(DRAINING));
            return (double) (after - before) / USES;
        } finally {
            store.close();
        }
    }

    private static BackingStore goingAway(BackingStore store, AtomicBoolean away) {
        return (BackingStore) Proxy.newProxyInstance(
                UsesOnTheirWay.class.getClassLoader(), new Class<?>[] {BackingStore.class}, (proxy, method, values) -> {
                    if (away.get() && method.getName().equals("post")) {
                        throw new QuotaUnavailableException("kept away on purpose", null, null, store.name());
                    }
                    try {
                        return method.invoke(store, values);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
