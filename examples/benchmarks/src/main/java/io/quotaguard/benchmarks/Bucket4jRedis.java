package io.quotaguard.benchmarks;

import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;

/** Bucket4j over Redis as its documentation sets it up on Lettuce: names for keys, and a connection for all. */
final class Bucket4jRedis {
    private Bucket4jRedis() {}

    /** Reads the bucket, decides, and writes it if nobody else did meanwhile; else all over again. */
    static Contender compareAndSwap(Bed bed) {
        return contender(bed, builder(bed));
    }

    /** Combines the calls for one subject that wait at the same time. */
    static Contender batching(Bed bed) {
        return contender(bed, builder(bed).withOptimization(Optimizations.batching()));
    }

    private static Contender contender(Bed bed, RemoteBucketBuilder<String> builder) {
        String prefix = bed.redis().freshNamespace() + ":bucket4j:";
        return new Bucket4jContender(bed.subjects(), builder, subject -> prefix + subject);
    }

    /** Its client's end closes the connection. */
    private static RemoteBucketBuilder<String> builder(Bed bed) {
        StatefulRedisConnection<String, byte[]> connection = bed.redis()
                .client()
                .connect(
                        RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE),
                        bed.redis().address());
        return Bucket4jLettuce.casBasedBuilder(connection).build().builder();
    }
}
