package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.model.Change;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** QuotaGuard as a host uses it: a plan's limit with its thresholds, idempotency, a ledger row for each use. */
final class QuotaGuardContender implements Contender {
    private static final String USED =
            "SELECT coalesce(sum(used), 0) FROM quotaguard.usage_counter WHERE subject LIKE '%s%%'";

    /** Of uses alone: taking a slice is a row as well, and so is what came of it. */
    private static final String ROWS = """
            SELECT count(*) FROM quotaguard.usage_record
             WHERE subject LIKE '%s%%' AND operation NOT IN ('HOLD', 'RELEASE')
            """;

    private static final long LOOK_NANOS = 2_000_000;
    private static final Duration SETTLING = Duration.ofMinutes(10);

    private final BenchmarkDatabase database;
    private final String prefix;
    private final GuardCalls calls;
    private final Ways ways;
    private final LongAdder allowed = new LongAdder();

    private QuotaGuardContender(Bed bed, String name, GuardCalls.Keys keys, Guarded guarded) {
        database = bed.postgres().database();
        prefix = name + "-" + OptionValue.word(keys) + "-keys-";
        ways = guarded.ways();
        Subjects subjects = bed.subjects();
        List<String> names = new ArrayList<>();
        names.addAll(subscribe(guarded.quota(), new Crowd(prefix + "room", subjects.size()), Subjects.ROOM));
        names.addAll(subscribe(guarded.quota(), new Crowd(prefix + "little", subjects.size()), Subjects.LITTLE));
        calls = new GuardCalls(guarded.quota(), names, keys);
    }

    /** A guard, and what it is to be treated with. */
    private record Guarded(QuotaGuard quota, Ways ways) {}

    /**
     * What is to be done about uses that are still on their way, and in the end.
     *
     * @param settling brings them into the ledger
     * @param closing frees what the guard does not
     */
    private record Ways(Consumer<QuotaGuardContender> settling, Runnable closing) {
        static final Ways NONE = new Ways(those -> {}, () -> {});
    }

    static Contender onPostgres(Bed bed, GuardCalls.Keys keys) {
        QuotaGuard quota =
                GuardCalls.guard(bed.postgres().serving(), bed.subjects().all());
        return new QuotaGuardContender(bed, "postgres", keys, new Guarded(quota, Ways.NONE));
    }

    /** Decides in Redis, in front of PostgreSQL. */
    static Contender onRedis(Bed bed, GuardCalls.Keys keys) {
        RedisQuotaStore store = bed.redis().inFrontOf(bed.postgres().serving());
        QuotaGuard quota = GuardCalls.guard(store, bed.subjects().all());
        Ways ways = new Ways(those -> store.drain(Deadline.after(SETTLING)), store::close);
        return new QuotaGuardContender(bed, "redis", keys, new Guarded(quota, ways));
    }

    /** Spends from slices that PostgreSQL holds. */
    static Contender leased(Bed bed, String name, SlicePolicy policy) {
        QuotaGuard quota =
                GuardCalls.leasing(bed.postgres().serving(), bed.subjects().all(), policy);
        Ways ways = new Ways(QuotaGuardContender::awaitPosted, () -> {});
        return new QuotaGuardContender(bed, name, GuardCalls.Keys.GENERATED, new Guarded(quota, ways));
    }

    /** Waits until the counters have all units that were allowed: a use and its counter are posted together. */
    private void awaitPosted() {
        long end = System.nanoTime() + SETTLING.toNanos();
        while (used() != allowed.sum()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(
                        allowed + " units were allowed, but after " + SETTLING + " only " + used() + " are posted");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private long used() {
        return database.number(USED.formatted(prefix));
    }

    private List<String> subscribe(QuotaGuard quota, Crowd crowd, long limit) {
        quota.plans().create(GuardCalls.plan(crowd, limit), Change.by("benchmark"));
        database.subscribe(crowd);
        return crowd.everyone();
    }

    @Override
    public boolean use(int subject, long units) {
        boolean isAllowed = calls.use(subject, units);
        if (isAllowed) {
            allowed.add(units);
        }
        return isAllowed;
    }

    @Override
    public void settle() {
        ways.settling().accept(this);
    }

    @Override
    public Books books() {
        settle();
        return new Books(used(), database.number(ROWS.formatted(prefix)));
    }

    @Override
    public void close() {
        calls.quota().close();
        ways.closing().run();
    }
}
