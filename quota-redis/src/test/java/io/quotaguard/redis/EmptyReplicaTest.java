package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.TcpProxy;
import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A replica that has never heard of its master (F1)")
class EmptyReplicaTest {
    private static final String NOBODY = "1";

    @Test
    @DisplayName("F1: is promoted: it is noticed, counters are the ledger's, and keys from before are known")
    void promoted() {
        try (EmbeddedRedis master = EmbeddedRedis.start();
                EmbeddedRedis replica = EmbeddedRedis.start();
                TcpProxy address = TcpProxy.inFrontOf("127.0.0.1", port(master));
                Bench bench = new Bench("redis://127.0.0.1:" + address.port(), 5)) {
            replica.ask("REPLICAOF", "127.0.0.1", NOBODY);
            assertThat(bench.use("a", 3).allowed()).isTrue();
            bench.store().drain(deadline());

            master.kill();
            replica.ask("REPLICAOF", "NO", "ONE");
            address.pointTo("127.0.0.1", port(replica));

            Bench.await(() -> bench.use("a", 3).replayed());
            assertThat(bench.use("b", 2).allowed()).isTrue();
            assertThat(bench.use("c", 1).allowed()).isFalse();
            assertThat(bench.used()).isEqualTo(5);
            assertThat(bench.rows()).hasSize(2);
        }
    }

    private static int port(EmbeddedRedis server) {
        return URI.create(server.uri()).getPort();
    }
}
