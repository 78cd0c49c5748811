package io.quotaguard.benchmarks;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Bucket4j over PostgreSQL as its documentation sets it up: numbers for keys, and the table that it asks for. It keeps a
 * count of tokens and nothing else: no ledger, no idempotency, no thresholds.
 */
final class Bucket4jContender implements Contender {
    private static final String TABLE = """
            CREATE SCHEMA IF NOT EXISTS peer;
            CREATE TABLE %s (id bigint PRIMARY KEY, state bytea, expires_at bigint, explicit_lock bigint);
            """;

    /** So long that nothing is refilled during a run. */
    private static final Duration REFILL = Duration.ofDays(365);

    private final BenchmarkDatabase database;
    private final String table;
    private final Subjects subjects;
    /** By subject, kept and shared by all callers: batching needs that, and the others gain by it. */
    private final List<Bucket> buckets = new ArrayList<>();

    private Bucket4jContender(Contest.Bed bed, String table, RemoteBucketBuilder<Long> builder) {
        this.database = bed.postgres().database();
        this.table = table;
        this.subjects = bed.subjects();
        for (int subject = 0; subject < subjects.all(); subject++) {
            BucketConfiguration configuration = configuration(subjects.limit(subject));
            buckets.add(builder.build((long) subject, () -> configuration));
        }
    }

    /** Locks the row while it decides. */
    static Bucket4jContender selectForUpdate(Contest.Bed bed) {
        return selectForUpdate(bed, "for_update");
    }

    /** The same over a table of the given name. */
    static Bucket4jContender selectForUpdate(Contest.Bed bed, String name) {
        String table = createTable(bed, name);
        return new Bucket4jContender(bed, table, forUpdate(bed, table).builder());
    }

    /** Combines the calls for one subject that wait at the same time. */
    static Bucket4jContender batching(Contest.Bed bed) {
        String table = createTable(bed, "batching");
        return new Bucket4jContender(
                bed, table, forUpdate(bed, table).builder().withOptimization(Optimizations.batching()));
    }

    /** Takes a lock of the subject's number in place of a row's. */
    static Bucket4jContender advisoryLock(Contest.Bed bed) {
        String table = createTable(bed, "advisory");
        ProxyManager<Long> manager = Bucket4jPostgreSQL.advisoryLockBasedBuilder(
                        bed.postgres().servingPool())
                .table(table)
                .build();
        return new Bucket4jContender(bed, table, manager.builder());
    }

    @Override
    public boolean use(int subject, long units) {
        return buckets.get(subject).tryConsume(units);
    }

    @Override
    public Books books() {
        long used = database.numbers("SELECT id FROM " + table).stream()
                .mapToInt(Long::intValue)
                .mapToLong(subject ->
                        subjects.limit(subject) - buckets.get(subject).getAvailableTokens())
                .sum();
        return new Books(used, 0);
    }

    private static String createTable(Contest.Bed bed, String name) {
        String table = "peer.bucket4j_" + name;
        bed.postgres().database().execute(TABLE.formatted(table));
        return table;
    }

    private static ProxyManager<Long> forUpdate(Contest.Bed bed, String table) {
        return Bucket4jPostgreSQL.selectForUpdateBasedBuilder(bed.postgres().servingPool())
                .table(table)
                .build();
    }

    private static BucketConfiguration configuration(long limit) {
        return BucketConfiguration.builder()
                .addLimit(bandwidth -> bandwidth.capacity(limit).refillIntervally(limit, REFILL))
                .build();
    }
}
