package io.quotaguard.redis;

import static io.quotaguard.redis.FaultBench.ONE_USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testbed.TcpProxy.Moment;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Connections that are cut after the script ran, under load (R7, R10, R42)")
class CutConnectionTest {
    private static final int CUTS = Integer.getInteger("quota.redis.cuts", 100);
    private static final int CUTS_OF_PLANTED = 20;

    @Test
    @DisplayName("R7: what is repeated after a cut is counted once, in Redis and in the ledger")
    void countedOnce() throws Exception {
        Books books = booksAfterCuts(CUTS, Script::resource);

        assertThat(books.faultsWithoutLoss()).isEmpty();
    }

    @Test
    @DisplayName("R7: a planted script that forgets its keys is caught")
    void plantedForgetfulness() throws Exception {
        Books books = booksAfterCuts(CUTS_OF_PLANTED, CutConnectionTest::keptElsewhere);

        assertThat(books.faultsWithoutLoss()).isNotEmpty();
    }

    private static String keptElsewhere(String file) {
        String script = Script.resource(file);
        String forgetful = script.replace("'SET', key,", "'SET', key .. '.',");
        assertThat(forgetful.equals(script)).isEqualTo(!file.equals("charge"));
        return forgetful;
    }

    private static Books booksAfterCuts(int cuts, UnaryOperator<String> scripts) throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                TcpProxy proxy = TcpProxy.inFrontOf("127.0.0.1", redis.port());
                FaultBench bench = FaultBench.on("redis://127.0.0.1:" + proxy.port())
                        .with(builder -> builder.scripts(scripts))
                        .start(2, 1_000_000);
                Load load = Load.start(bench.guards(), ONE_USER, 4)) {
            String script = new Scripts(scripts).charge.digest();
            load.awaitAnswers(20);
            for (int n = 1; n <= cuts; n++) {
                int cut = n;
                proxy.cutNext(Moment.BEFORE_REPLY_TO, script);
                FaultBench.await("the connection is cut", () -> proxy.cuts() == cut);
                load.awaitAnswers(2);
            }
            load.stop();
            load.settle();
            System.out.printf(
                    "cuts %d, uses %d, calls that failed %d, of which unknown %d%n",
                    proxy.cuts(), load.allowed(), load.failures().size(), load.unknown());
            return bench.books(ONE_USER, load);
        }
    }
}
