package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.BY_TEST;
import static io.quotaguard.redis.Bench.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Decision;
import io.quotaguard.testbed.EmbeddedRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A member who is moved all the time between pools of several shards (R40, R25, R45)")
class MovedMemberTest {
    private static final int CALLERS = 8;
    private static final int USES = 20;

    private final ExecutorService pool = Executors.newFixedThreadPool(CALLERS);
    private EmbeddedRedis redis;
    private FaultBench bench;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = FaultBench.on(redis.uri()).with(builder -> builder.shards(16)).start(2, 10_000);
        for (String subject : List.of(USER, "team", "other team")) {
            bench.guard().subscriptions().subscribe(subject, "free", BY_TEST);
        }
        bench.guard().pools().join(USER, "team", BY_TEST);
    }

    @AfterEach
    void stop() {
        pool.shutdownNow();
        bench.close();
        redis.close();
    }

    @Test
    @DisplayName(
            "R45: uses that were decided by an old membership come before the next move, whichever node they are of")
    void movesGiveWay() throws Exception {
        List<Future<?>> users = new ArrayList<>();
        for (int n = 0; n < CALLERS; n++) {
            int node = n % 2;
            users.add(pool.submit(() -> useAll(node)));
        }

        int moves = 0;
        while (!users.stream().allMatch(Future::isDone)) {
            bench.guard().pools().join(USER, moves % 2 == 0 ? "other team" : "team", BY_TEST);
            moves++;
        }

        for (Future<?> user : users) {
            user.get();
        }
        assertThat(bench.used(USER)).isEqualTo(CALLERS * USES);
        assertThat(bench.used("team") + bench.used("other team")).isEqualTo(CALLERS * USES);
        assertThat(moves).as("moves between %d uses", CALLERS * USES).isLessThan(CALLERS * USES);
    }

    private void useAll(int node) {
        for (int n = 0; n < USES; n++) {
            assertThat(bench.guards().get(node).checkAndRecord(USER, ARTICLES)).matches(Decision::allowed);
        }
    }
}
