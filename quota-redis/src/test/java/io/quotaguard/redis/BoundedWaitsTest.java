package io.quotaguard.redis;

import io.quotaguard.QuotaGuard;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testing.EntryPoints;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** No public call outlasts its deadline, whatever stands still (G3). Prints how long the slowest took. */
@DisplayName("When Redis, its network or the ledger behind it stand still")
class BoundedWaitsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    /** The promise is 100 ms, and a busy machine may add to it; waiting for a server as long as for any would add 1.7 s. */
    private static final Duration LATEST = SHORT.plusMillis(1_500);

    private static final int THREADS = 16;

    private static EntryPoints entryPoints(FaultBench bench) {
        bench.timeout(Duration.ofSeconds(20)).start(1, 100);
        QuotaGuard quota = bench.guard(bench.store(), SHORT);
        return EntryPoints.of(bench.guard(), quota, SHORT);
    }

    @Test
    @DisplayName("R45: a Redis that is stopped holds up no call")
    void stoppedRedis() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri())) {
            EntryPoints points = entryPoints(bench);
            redis.pause();
            try {
                points.endInTime("Redis, stopped server", THREADS, LATEST);
            } finally {
                redis.resume();
            }
        }
    }

    @Test
    @DisplayName("R45: a network that swallows everything holds up no call")
    void blackHole() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                TcpProxy proxy = inFrontOf(URI.create(redis.uri()));
                FaultBench bench = FaultBench.on("redis://127.0.0.1:" + proxy.port())) {
            EntryPoints points = entryPoints(bench);
            proxy.blackHole(true);
            try {
                points.endInTime("Redis, black hole", THREADS, LATEST);
            } finally {
                proxy.blackHole(false);
            }
        }
    }

    @Test
    @DisplayName("R45: a ledger that is stopped holds up no call")
    void stoppedLedger() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri()).ledgerIn(postgres)) {
            EntryPoints points = entryPoints(bench);
            postgres.pause();
            try {
                points.endInTime("Redis, stopped ledger", THREADS, LATEST);
            } finally {
                postgres.resume();
            }
        }
    }

    private static TcpProxy inFrontOf(URI server) {
        return TcpProxy.inFrontOf(server.getHost(), server.getPort());
    }
}
