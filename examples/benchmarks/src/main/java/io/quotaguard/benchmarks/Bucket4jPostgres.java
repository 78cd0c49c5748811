package io.quotaguard.benchmarks;

import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;

/** Bucket4j over PostgreSQL as its documentation sets it up: numbers for keys, and the table that it asks for. */
final class Bucket4jPostgres {
    private static final String TABLE = """
            CREATE SCHEMA IF NOT EXISTS peer;
            CREATE TABLE %s (id bigint PRIMARY KEY, state bytea, expires_at bigint, explicit_lock bigint);
            """;

    private Bucket4jPostgres() {}

    /** Locks the row while it decides. */
    static Contender selectForUpdate(Bed bed) {
        return selectForUpdate(bed, "for_update");
    }

    /** The same over a table of the given name. */
    static Contender selectForUpdate(Bed bed, String name) {
        return contender(bed, forUpdate(bed, createTable(bed, name)).builder());
    }

    /** Combines the calls for one subject that wait at the same time. */
    static Contender batching(Bed bed) {
        ProxyManager<Long> manager = forUpdate(bed, createTable(bed, "batching"));
        return contender(bed, manager.builder().withOptimization(Optimizations.batching()));
    }

    /** Takes a lock of the subject's number in place of a row's. */
    static Contender advisoryLock(Bed bed) {
        ProxyManager<Long> manager = Bucket4jPostgreSQL.advisoryLockBasedBuilder(
                        bed.postgres().servingPool())
                .table(createTable(bed, "advisory"))
                .build();
        return contender(bed, manager.builder());
    }

    private static Contender contender(Bed bed, RemoteBucketBuilder<Long> builder) {
        return new Bucket4jContender(bed.subjects(), builder, subject -> (long) subject);
    }

    private static String createTable(Bed bed, String name) {
        String table = "peer.bucket4j_" + name;
        bed.postgres().database().execute(TABLE.formatted(table));
        return table;
    }

    private static ProxyManager<Long> forUpdate(Bed bed, String table) {
        return Bucket4jPostgreSQL.selectForUpdateBasedBuilder(bed.postgres().servingPool())
                .table(table)
                .build();
    }
}
