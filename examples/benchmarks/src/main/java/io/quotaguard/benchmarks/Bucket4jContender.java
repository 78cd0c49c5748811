package io.quotaguard.benchmarks;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Bucket4j over a server. It keeps a count of tokens and nothing else: no ledger, no idempotency, no thresholds. */
final class Bucket4jContender implements Contender {
    /** So long that nothing is refilled during a run. */
    private static final Duration REFILL = Duration.ofDays(365);

    private final Subjects subjects;
    /** By subject, kept and shared by all callers: batching needs that, and the others gain by it. */
    private final List<Bucket> buckets = new ArrayList<>();

    <K> Bucket4jContender(Subjects subjects, RemoteBucketBuilder<K> builder, IntFunction<K> key) {
        this.subjects = subjects;
        for (int subject = 0; subject < subjects.all(); subject++) {
            BucketConfiguration configuration = configuration(subjects.limit(subject));
            buckets.add(builder.build(key.apply(subject), () -> configuration));
        }
    }

    static BucketConfiguration configuration(long limit) {
        return BucketConfiguration.builder()
                .addLimit(bandwidth -> bandwidth.capacity(limit).refillIntervally(limit, REFILL))
                .build();
    }

    @Override
    public boolean use(int subject, long units) {
        return buckets.get(subject).tryConsume(units);
    }

    @Override
    public Books books() {
        long used = IntStream.range(0, buckets.size())
                .mapToLong(subject ->
                        subjects.limit(subject) - buckets.get(subject).getAvailableTokens())
                .sum();
        return new Books(used, 0);
    }
}
