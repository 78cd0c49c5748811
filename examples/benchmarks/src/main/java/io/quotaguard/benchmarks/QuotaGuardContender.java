package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import java.util.ArrayList;
import java.util.List;

/** QuotaGuard as a host uses it: a plan's limit with its thresholds, idempotency, a ledger row for each use. */
final class QuotaGuardContender implements Contender {
    private static final String USED = "SELECT sum(used) FROM quotaguard.usage_counter WHERE subject LIKE '%s%%'";
    private static final String ROWS = "SELECT count(*) FROM quotaguard.usage_record WHERE subject LIKE '%s%%'";

    private final BenchmarkDatabase database;
    private final String prefix;
    private final GuardCalls calls;

    private QuotaGuardContender(Contest.Bed bed, GuardCalls.Keys keys) {
        database = bed.postgres().database();
        prefix = OptionValue.word(keys) + "-keys-";
        Subjects subjects = bed.subjects();
        QuotaGuard quota = GuardCalls.guard(bed.postgres().serving(), subjects.all());
        List<String> names = new ArrayList<>();
        names.addAll(subscribe(quota, new Crowd(prefix + "room", subjects.size()), Subjects.ROOM));
        names.addAll(subscribe(quota, new Crowd(prefix + "little", subjects.size()), Subjects.LITTLE));
        calls = new GuardCalls(quota, names, keys);
    }

    /** Leaves it to the library to make keys. */
    static QuotaGuardContender withoutKeys(Contest.Bed bed) {
        return new QuotaGuardContender(bed, GuardCalls.Keys.GENERATED);
    }

    /** Brings a random key with each use, such as an order's number. */
    static QuotaGuardContender withKeys(Contest.Bed bed) {
        return new QuotaGuardContender(bed, GuardCalls.Keys.RANDOM);
    }

    private List<String> subscribe(QuotaGuard quota, Crowd crowd, long limit) {
        quota.plans().create(GuardCalls.plan(crowd, limit), Change.by("benchmark"));
        database.subscribe(crowd);
        return crowd.everyone();
    }

    @Override
    public boolean use(int subject, long units) {
        return calls.use(subject, units);
    }

    @Override
    public Books books() {
        return new Books(database.number(USED.formatted(prefix)), database.number(ROWS.formatted(prefix)));
    }

    @Override
    public void close() {
        calls.quota().close();
    }
}
