package io.quotaguard.torture;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.torture.faults.Fault;
import io.quotaguard.torture.faults.Schedule;
import io.quotaguard.torture.faults.Schedule.Planned;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.History;
import io.quotaguard.torture.load.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The same processes, servers, network and faults for Bucket4j, held against what it claims: never more than the limit. It
 * has no keys and no ledger, so what a repeated call took twice is told as a figure, not as a fault.
 */
public final class Peer {
    private static final int CALLS_OF_A_BUCKET = 500;
    private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(5);

    private Peer() {}

    /** What was found over all buckets. */
    record Found(long calls, long refused, long unanswered, long over, long gone, long lost, long repeated) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d calls, %d refused, %d without an answer, %d of these allowed when asked again,"
                            + " %d units told beyond the limits, %d units gone that nobody was told of,"
                            + " %d units told and not gone",
                    calls,
                    refused,
                    unanswered,
                    repeated,
                    over,
                    gone,
                    lost);
        }
    }

    /** Takes no arguments; see {@link Options}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.fromSystem();
        Path folder = Files.createTempDirectory("peer");
        System.out.println("Bucket4j on " + options.store() + ", seed " + options.seed() + ": " + run(options, folder));
    }

    static Found run(Options options, Path folder) throws Exception {
        World world = new World(Math.max(1, options.calls() / CALLS_OF_A_BUCKET), 0);
        try (Backend backend = new Backend(options.store())) {
            String url = backend.fresh();
            try (HikariDataSource pool = Stores.pool(url, 2)) {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute(PeerBuckets.TABLE);
                }
                Nodes nodes = new Nodes(
                        new Nodes.Launch(
                                PeerNode.class,
                                folder,
                                backend.throughNetwork(url),
                                backend.redisThroughNetwork(),
                                world),
                        options);
                try {
                    load(nodes, new FaultMaker(backend, url, nodes), options, backend);
                } finally {
                    nodes.killAll();
                }
                try (PeerBuckets buckets = PeerBuckets.open(pool, backend.redisUri(), world.hotSubjects())) {
                    return judge(History.read(nodes.histories()), buckets, world.hotSubjects());
                }
            }
        }
    }

    private static void load(Nodes nodes, FaultMaker faults, Options options, Backend backend) throws Exception {
        nodes.startAll();
        long start = System.nanoTime();
        for (Planned planned : Schedule.of(
                        options.seed(), fault -> fault != Fault.KILL_JVM_IN_DELIVERY && backend.canMake(fault))
                .faults()) {
            awaitCalls(nodes, start, (long) (planned.share() * options.calls()));
            faults.make(planned);
        }
        awaitCalls(nodes, start, options.calls());
        nodes.stopAll();
    }

    private static void awaitCalls(Nodes nodes, long start, long calls) throws InterruptedException {
        while (nodes.calls() < calls && System.nanoTime() - start < MOST_NANOS) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static Found judge(History history, PeerBuckets buckets, int subjects) {
        Map<String, Long> told = new HashMap<>();
        Map<String, Ending> before = new HashMap<>();
        long refused = 0;
        long unanswered = 0;
        long repeated = 0;
        for (Call call : history.calls()) {
            refused += call.ended(Ending.REFUSED) ? 1 : 0;
            unanswered += call.open() ? 1 : 0;
            if (call.ended(Ending.OK)) {
                told.merge(call.items().get(0).subject(), call.items().get(0).amount(), Long::sum);
                repeated += before.get(call.key()) == Ending.UNKNOWN ? 1 : 0;
            }
            before.put(call.key(), call.open() ? Ending.UNKNOWN : Ending.OK);
        }
        long over = 0;
        long gone = 0;
        long lost = 0;
        for (int i = 0; i < subjects; i++) {
            long here = told.getOrDefault("bucket-" + i, 0L);
            over += Math.max(0, here - PeerBuckets.LIMIT);
            gone += Math.max(0, buckets.gone(i) - here);
            lost += Math.max(0, here - buckets.gone(i));
        }
        return new Found(history.calls().size(), refused, unanswered, over, gone, lost, repeated);
    }
}
