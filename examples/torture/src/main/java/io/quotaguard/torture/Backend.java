package io.quotaguard.torture;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.torture.faults.Fault;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers of a run, each behind a network that fails on demand. */
final class Backend implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Backend.class);

    /** So few that they can be used up at once; the calling processes need five each. */
    private static final List<String> FEW_CONNECTIONS = List.of("-c", "max_connections=70");

    /** Which store is tortured. */
    enum Kind {
        POSTGRES,
        /** Redis in front of PostgreSQL, with a file that has all that it acknowledged. */
        REDIS,
        /** The same without a file: killed, it comes back empty. */
        REDIS_EMPTY,
        /** A cluster with a replica of each master, in front of PostgreSQL: replicas take over from masters. */
        REDIS_CLUSTER;

        /** Tells whether uses that were acknowledged may be lost by a fault, as the failure table says. */
        boolean mayLoseBy(Fault fault) {
            return switch (this) {
                case POSTGRES, REDIS -> false;
                case REDIS_EMPTY -> fault.killsRedis();
                case REDIS_CLUSTER -> fault.killsRedis() || fault == Fault.PAUSE_REDIS;
            };
        }
    }

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final boolean limitedDisk = EmbeddedPostgres.hasLimitedDisks();
    private final EmbeddedPostgres postgres;
    private final TcpProxy postgresWay;
    private final @Nullable RedisBackend redis;

    Backend(Kind kind) {
        if (!limitedDisk) {
            log.warn("this user may mount no disk here, so none is going to be full");
        }
        postgres = limitedDisk
                ? EmbeddedPostgres.startOnLimitedDisk(FEW_CONNECTIONS)
                : EmbeddedPostgres.start(FEW_CONNECTIONS);
        closing.push(postgres::close);
        postgresWay = TcpProxy.inFrontOf("127.0.0.1", postgres.port());
        closing.push(postgresWay::close);
        redis = switch (kind) {
            case POSTGRES -> null;
            case REDIS -> SingleRedis.start(true);
            case REDIS_EMPTY -> SingleRedis.start(false);
            case REDIS_CLUSTER -> ClusteredRedis.start();
        };
        if (redis != null) {
            closing.push(redis::close);
        }
    }

    EmbeddedPostgres postgres() {
        return postgres;
    }

    TcpProxy postgresWay() {
        return postgresWay;
    }

    RedisBackend redis() {
        if (redis == null) {
            throw new IllegalStateException("there is no Redis in this run");
        }
        return redis;
    }

    boolean canMake(Fault fault) {
        if (fault.needsRedis()) {
            return redis != null && redis.canMake(fault);
        }
        return fault != Fault.FULL_DISK || limitedDisk;
    }

    /** Makes an empty database with the schema, and an empty Redis; returns the address of the database, past the proxy. */
    String fresh() {
        String url = postgres.createDatabase();
        try (HikariDataSource pool = Stores.pool(url, 4)) {
            QuotaSchema.migrate(pool);
        }
        if (redis != null) {
            redis.empty();
        }
        return url;
    }

    /** The address of the same database through the network that fails. */
    String throughNetwork(String url) {
        return url.replace(":" + postgres.port() + "/", ":" + postgresWay.port() + "/");
    }

    @Nullable
    String redisUri() {
        return redis == null ? null : redis.uri();
    }

    @Nullable
    String redisThroughNetwork() {
        return redis == null ? null : redis.throughNetwork();
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
