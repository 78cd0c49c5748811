package io.quotaguard.torture;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.HistoryFile;
import io.quotaguard.torture.history.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A calling process of the peer: as {@link TortureNode}, with buckets. A call that failed is made once more, as hosts do. */
final class PeerNode {
    private static final int CONNECTIONS = 5;

    private final HistoryFile history;
    private final PeerBuckets buckets;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();

    private PeerNode(HistoryFile history, PeerBuckets buckets) {
        this.history = history;
        this.buckets = buckets;
    }

    public static void main(String[] arguments) throws Exception {
        NodeSetting setting = NodeSetting.of(arguments);
        try (HistoryFile history = new HistoryFile(setting.history());
                HikariDataSource pool = Stores.pool(setting.url(), CONNECTIONS);
                PeerBuckets buckets =
                        PeerBuckets.open(pool, setting.redis(), setting.world().hotSubjects())) {
            new PeerNode(history, buckets).run(setting);
        }
        Runtime.getRuntime().halt(0);
    }

    private void run(NodeSetting setting) throws InterruptedException {
        startThread(this::awaitOrder);
        startThread(this::tell);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < setting.threads(); i++) {
            String name = setting.history().getFileName() + "-" + i;
            Random random = new Random(setting.seed() * 1_000 + i);
            threads.add(startThread(() -> work(name, random, setting.world().hotSubjects())));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(calls.get());
    }

    private void work(String name, Random random, int subjects) {
        for (int i = 0; !stopped.get(); i++) {
            // The first buckets are used up soon and the last ones hardly, so that there is a limit to pass at any
            // time.
            double share = random.nextDouble();
            int subject = (int) (subjects * share * share);
            int units = 1 + random.nextInt(3);
            if (!use(name + "-" + i, subject, units)) {
                use(name + "-" + i, subject, units);
            }
        }
    }

    /** Returns whether there was an answer. */
    private boolean use(String key, int subject, int units) {
        long number = history.invoked(CallKind.USE, key, null, List.of(new Item("bucket-" + subject, "tokens", units)));
        Ending ending;
        try {
            ending = buckets.use(subject, units) ? Ending.OK : Ending.REFUSED;
        } catch (RuntimeException e) {
            ending = Ending.UNKNOWN;
        }
        history.ended(number, new Call.End(System.nanoTime(), ending, key, false, 0, List.of()));
        calls.incrementAndGet();
        return ending != Ending.UNKNOWN;
    }

    private void awaitOrder() {
        try {
            if (System.in.read() < 0) {
                Runtime.getRuntime().halt(1);
            }
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
        stopped.set(true);
    }

    private void tell() {
        try {
            while (!stopped.get()) {
                System.out.println(calls.get());
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread startThread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
