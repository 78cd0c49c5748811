package io.quotaguard.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where contenders live: one population, one pool of connections to PostgreSQL and one connection to Redis for all of them.
 * Each server is started when the first of them asks for it. Used by one thread.
 */
final class Bed implements AutoCloseable {
    private final Subjects subjects;
    private final int connections;
    private @Nullable PostgresUnderTest postgres;
    private @Nullable RedisUnderTest redis;

    Bed(Subjects subjects, int connections) {
        this.subjects = subjects;
        this.connections = connections;
    }

    Subjects subjects() {
        return subjects;
    }

    PostgresUnderTest postgres() {
        PostgresUnderTest found = postgres == null ? new PostgresUnderTest(connections) : postgres;
        postgres = found;
        return found;
    }

    RedisUnderTest redis() {
        RedisUnderTest found = redis == null ? new RedisUnderTest() : redis;
        redis = found;
        return found;
    }

    /** Returns what a reader should know about the servers that were started. */
    List<String> descriptions() {
        List<String> found = new ArrayList<>();
        if (redis != null) {
            found.add(redis.description());
        }
        if (postgres != null) {
            found.add(postgres.description());
        }
        return found;
    }

    /** Returns how much Redis holds; 0 where nobody asked for it. */
    long bytesInRedis() {
        return redis == null ? 0 : redis.usedBytes();
    }

    /** Reads the processor time of the servers that were started. */
    CpuTime.Meter meter() {
        List<Long> servers = new ArrayList<>();
        if (redis != null) {
            servers.add(redis.serverPid());
        }
        if (postgres != null) {
            servers.add(postgres.database().serverPid());
        }
        return new CpuTime.Meter(servers);
    }

    /** Has the servers do now what they would do some time about all that was written. */
    void settle() {
        if (postgres != null) {
            postgres.database().settle();
        }
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }
}
