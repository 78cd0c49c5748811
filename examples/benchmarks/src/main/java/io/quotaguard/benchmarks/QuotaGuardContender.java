package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** QuotaGuard as a host uses it: a plan's limit with its thresholds, idempotency, a ledger row for each use. */
final class QuotaGuardContender implements Contender {
    static final String FEATURE = "articles_per_year";

    /** Longer than anything here takes: a crowd of callers is to be measured, not sent away. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final String USED =
            "SELECT coalesce(sum(used), 0) FROM quotaguard.usage_counter WHERE subject ~ '^%s'";
    private static final String ROWS = "SELECT count(*) FROM quotaguard.usage_record WHERE subject ~ '^%s'";

    private final QuotaGuard quota;
    private final BenchmarkDatabase database;
    private final String name;
    private final boolean keys;
    /** By number. */
    private final List<String> subjects = new ArrayList<>();

    private QuotaGuardContender(Contest.Bed bed, String name, boolean keys) {
        this.quota = QuotaGuard.builder(bed.postgres().serving())
                .timeout(TIMEOUT)
                .cachedSubjects(2L * bed.subjects().all())
                .build();
        this.database = bed.postgres().database();
        this.name = name;
        this.keys = keys;
        subscribe(bed, "room", Subjects.ROOM);
        subscribe(bed, "little", Subjects.LITTLE);
    }

    /** Leaves it to the library to make keys. */
    static QuotaGuardContender withoutKeys(Contest.Bed bed) {
        return new QuotaGuardContender(bed, "generated", false);
    }

    /** Brings a random key with each use, such as an order's number. */
    static QuotaGuardContender withKeys(Contest.Bed bed) {
        return new QuotaGuardContender(bed, "own", true);
    }

    private void subscribe(Contest.Bed bed, String kind, long limit) {
        Crowd crowd = new Crowd(name + "-" + kind, bed.subjects().size());
        Plan plan = Plan.named(crowd.plan())
                .limit(FEATURE, limit, ResetPeriod.YEARLY)
                .build();
        quota.plans().create(plan, Change.by("benchmark"));
        database.subscribe(crowd);
        for (int number = 0; number < crowd.size(); number++) {
            subjects.add(crowd.subject(number));
        }
    }

    @Override
    public boolean use(int subject, long units) {
        Usage usage = Usage.of(subjects.get(subject), FEATURE).amount(units);
        if (keys) {
            usage = usage.key(LedgerContender.randomKey().toString());
        }
        return quota.checkAndRecord(usage).allowed();
    }

    @Override
    public Books books() {
        return new Books(database.number(USED.formatted(name)), database.number(ROWS.formatted(name)));
    }

    @Override
    public void close() {
        quota.close();
    }
}
