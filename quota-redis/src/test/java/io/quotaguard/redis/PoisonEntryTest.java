package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.USER;
import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.testbed.EmbeddedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("One use that cannot be posted, among others that can (R42)")
class PoisonEntryTest {
    /** More than go into one post. */
    private static final int OTHERS = 600;

    private EmbeddedRedis redis;
    private Bench bench;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = new Bench(redis.uri(), 10_000);
        bench.use("first", 1);
        Bench.await(() -> bench.store().drainLag(deadline()).entries() == 0);
        bench.behind().away(true);
    }

    @AfterEach
    void stop() {
        bench.close();
        redis.close();
    }

    private void useOthers() {
        for (int n = 0; n < OTHERS; n++) {
            bench.use("key-" + n, 1);
        }
        bench.behind().away(false);
    }

    private int posted() {
        return bench.behind()
                .ledger()
                .records(UsageQuery.of(USER).pageSize(UsageQuery.MAX_PAGE_SIZE), deadline())
                .size();
    }

    @Test
    @DisplayName(
            "R42: is set aside after the ledger failed on it again and again while it took the others; it is counted")
    void failsAgainAndAgain() {
        bench.behind().failsOn("poison");
        bench.use("poison", 5);
        useOthers();

        Bench.await(() -> posted() == 1 + OTHERS);
        int n = 0;
        while (bench.store().drainLag(deadline()).setAside() == 0) {
            bench.use("later-" + n++, 1);
            int all = 1 + OTHERS + n;
            Bench.await(() -> posted() == all);
        }

        Bench.await(() -> bench.store().drainLag(deadline()).entries() == 0);
        assertThat(bench.store().drainLag(deadline()).setAside()).isEqualTo(1);
        assertThat(bench.used())
                .as("used, and the subject has not been loaded anew")
                .isEqualTo(1 + OTHERS + n + 5);
    }

    @Test
    @DisplayName("F1: whatever fails while the ledger takes nothing else is not set aside")
    void failsAlone() {
        bench.behind().failsOn("poison");
        bench.use("poison", 5);
        bench.behind().away(false);

        for (int n = 0; n < 100; n++) {
            assertThatThrownBy(() -> bench.store().drain(deadline())).isInstanceOf(QuotaUnavailableException.class);
        }

        assertThat(bench.store().drainLag(deadline()).entries()).isEqualTo(1);
        assertThat(bench.store().drainLag(deadline()).setAside()).isZero();
    }

    @Test
    @DisplayName("R42: that this version cannot read stays for one that can, and the others are posted")
    void unreadable() {
        redis.ask("XADD", new Shards("bench", 1).streamKey(0), "*", "t", "1", "b", "?");
        useOthers();

        Bench.await(() -> posted() == 1 + OTHERS);

        Bench.await(() -> bench.store().drainLag(deadline()).entries() == 1);
        assertThat(bench.store().drainLag(deadline()).setAside()).isZero();
        assertThatThrownBy(() -> bench.store().drain(deadline())).isInstanceOf(QuotaUnavailableException.class);
    }
}
