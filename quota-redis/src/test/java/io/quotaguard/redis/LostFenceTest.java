package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testbed.TcpProxy.Moment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Fences of plans and subjects when the connection is lost while they go up or down (R25, R45)")
class LostFenceTest {
    private static final long LIMIT = 10;
    private static final long RAISED = 20;

    /** Of the change; its fences fall by themselves some seconds later. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final Duration SHORTER = Duration.ofSeconds(10);

    private final Scripts scripts = new Scripts(Script::resource);
    private final EmbeddedRedis redis = EmbeddedRedis.start();
    private final TcpProxy proxy = TcpProxy.inFrontOf("127.0.0.1", redis.port());
    private final FaultBench bench =
            FaultBench.on("redis://127.0.0.1:" + proxy.port()).timeout(LONG).start(1, LIMIT);
    private final QuotaGuard caller = bench.guard(bench.store(), SHORTER);

    @AfterEach
    void close() {
        bench.close();
        proxy.close();
        redis.close();
    }

    @Test
    @DisplayName("R45: fences that went up for a change that was given up keep nobody waiting")
    void goingUp() {
        assertThat(limit()).isEqualTo(LIMIT);
        proxy.cutNext(Moment.BEFORE_REPLY_TO, scripts.fenceRevision.digest());

        assertThatThrownBy(this::raise).isInstanceOf(QuotaUnavailableException.class);

        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(limit()).isEqualTo(LIMIT);
    }

    @Test
    @DisplayName("R45: fences that could not be taken down at once are taken down as soon as they can be")
    void goingDown() {
        assertThat(limit()).isEqualTo(LIMIT);
        proxy.cutNext(Moment.BEFORE_REQUEST, scripts.freeRevision.digest());

        raise();

        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(limit()).isEqualTo(RAISED);
    }

    @Test
    @DisplayName("R45: nor does a subject wait for a fence of its own that could not be taken down at once")
    void subjectGoingDown() {
        bench.guard().subscriptions().subscribe(Bench.USER, "free", Bench.BY_TEST);
        // Whoever is answered knows that this fence is down: it is taken down after the change was told.
        assertThat(limit()).isEqualTo(LIMIT);
        proxy.cutNext(Moment.BEFORE_REQUEST, scripts.freeSubject.digest());

        bench.guard()
                .subscriptions()
                .override(FeatureOverride.ofLimit(Bench.USER, Bench.ARTICLES, RAISED), Bench.BY_TEST);

        FaultBench.await("it is cut", () -> proxy.cuts() == 1);
        assertThat(limit()).isEqualTo(RAISED);
    }

    private void raise() {
        Plan plan = bench.guard().plans().get("free").orElseThrow();
        bench.guard()
                .plans()
                .update(
                        plan.edit()
                                .replace(plan.feature(Bench.ARTICLES)
                                        .orElseThrow()
                                        .limit(RAISED))
                                .build(),
                        Bench.BY_TEST);
    }

    /** Asks, as one who needs the plan, and does not wait as long as the fences would stand. */
    private long limit() {
        FaultBench.await("Redis is reached again", () -> {
            bench.store().drain(FaultBench.deadline());
            return true;
        });
        // Draining goes by one connection, asking by another, which may take a moment longer to come back.
        AtomicLong limit = new AtomicLong();
        FaultBench.await("the limit is told while the fences would still stand", SHORTER, () -> {
            limit.set(caller.check(Bench.USER, Bench.ARTICLES).limit().units());
            return true;
        });
        return limit.get();
    }
}
