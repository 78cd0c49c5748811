package io.quotaguard.redis;

import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testing.Await;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A connection that is lost and made again (R45)")
class ReconnectTest {
    private static final int NOBODY = 1;

    @Test
    @DisplayName(
            "R45: a server that takes it and stands still is not waited for as long as the host's time-out says, while"
                    + " its successor is there")
    void successorIsFound() {
        try (EmbeddedRedis old = EmbeddedRedis.start();
                EmbeddedRedis successor = EmbeddedRedis.start();
                TcpProxy proxy = TcpProxy.inFrontOf("127.0.0.1", port(old));
                FaultBench bench = FaultBench.on("redis://127.0.0.1:" + proxy.port())
                        .timeout(Duration.ofSeconds(1))
                        .start(1, 1_000)) {
            bench.guard().checkAndRecord(Bench.USER, Bench.ARTICLES);
            int connections = proxy.connections();
            proxy.pointTo("127.0.0.1", NOBODY);
            proxy.cutAll();
            Await.until("all are cut", () -> proxy.connections() == 0);
            long before = proxy.bytesToServer();
            old.pause();
            try {
                proxy.pointTo("127.0.0.1", port(old));
                Await.until("all are taken", () -> proxy.connections() == connections);
                Await.until("it is greeted", () -> proxy.bytesToServer() > before);

                proxy.pointTo("127.0.0.1", port(successor));

                Bench.await(() ->
                        bench.guard().checkAndRecord(Bench.USER, Bench.ARTICLES).allowed());
            } finally {
                old.resume();
            }
        }
    }

    private static int port(EmbeddedRedis server) {
        return URI.create(server.uri()).getPort();
    }
}
