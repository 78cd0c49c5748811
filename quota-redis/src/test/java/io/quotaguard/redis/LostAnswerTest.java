package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.USER;
import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.Usage;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testbed.TcpProxy.Moment;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Answers of Redis that never come (R7, R43, R45)")
class LostAnswerTest {
    private static final int CUTS = 100;

    @Test
    @DisplayName("R7: of uses whose connection is cut after the script ran, each is counted once")
    void cutAfterTheScriptRan() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                TcpProxy proxy = TcpProxy.inFrontOf("127.0.0.1", redis.port());
                Bench bench = new Bench("redis://127.0.0.1:" + proxy.port(), 1_000_000)) {
            String script = new Scripts(Script::resource).charge.digest();
            bench.use("first", 1);
            for (int n = 0; n < CUTS; n++) {
                proxy.cutNext(Moment.BEFORE_REPLY_TO, script);
                assertThat(usedInTheEnd(bench, "key-" + n)).isTrue();
            }

            assertThat(proxy.cuts()).isEqualTo(CUTS);
            assertThat(bench.used()).isEqualTo(CUTS + 1);
            assertThat(bench.rows()).hasSize(CUTS + 1);
        }
    }

    /** Repeats the call with its key until it is answered, as a caller does. */
    private static boolean usedInTheEnd(Bench bench, String key) {
        for (int attempt = 0; ; attempt++) {
            try {
                Decision decision = bench.use(key, 1);
                return decision.allowed();
            } catch (QuotaException e) {
                if (attempt > 200) {
                    throw e;
                }
            }
        }
    }

    @Test
    @DisplayName(
            "R45: a server that stops holds up a call no longer than its time-out; the same key tells what became of it")
    void pausedServer() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Bench bench = new Bench(redis.uri(), 5)) {
            bench.use("first", 1);
            QuotaGuard hasty = bench.guard(bench.store(), Duration.ofMillis(300));
            Usage usage = Usage.of(USER, ARTICLES).key("k");

            redis.pause();
            assertThatThrownBy(() -> hasty.checkAndRecord(usage)).isInstanceOf(OutcomeUnknownException.class);
            redis.resume();

            assertThat(bench.use("k", 1).allowed()).isTrue();
            assertThat(bench.used()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("R1: a server that forgets its scripts is sent them again, and nothing is counted twice")
    void forgottenScripts() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Bench bench = new Bench(redis.uri(), 100)) {
            for (int n = 0; n < 120; n++) {
                if (n % 10 == 0) {
                    redis.ask("SCRIPT", "FLUSH");
                }
                assertThat(bench.use("key-" + n, 1).allowed()).isEqualTo(n < 100);
            }
            assertThat(bench.used()).isEqualTo(100);
            assertThat(bench.store().ledger().verify(deadline())).isEmpty();
        }
    }
}
