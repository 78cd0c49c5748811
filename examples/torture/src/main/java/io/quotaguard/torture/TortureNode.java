package io.quotaguard.torture;

import io.quotaguard.QuotaGuard;
import io.quotaguard.torture.history.HistoryFile;
import io.quotaguard.torture.load.Caller;
import io.quotaguard.torture.load.Listener;
import io.quotaguard.torture.load.Worker;
import io.quotaguard.torture.load.World;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One calling process. It works until a line comes in, or until its parent is gone; then it asks again what has no answer
 * yet, posts what it owes, and ends. It says on a line now and then how many calls it has made.
 */
final class TortureNode {
    private static final Logger log = LoggerFactory.getLogger(TortureNode.class);
    private static final Duration TIMEOUT = Duration.ofMillis(1_500);
    private static final int CONNECTIONS = 5;
    private static final Duration ALERT_POLL_INTERVAL = Duration.ofSeconds(1);
    private static final long RESOLVING_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** How it ends when one of its threads, or one of the library's, did not come to a good end. */
    static final int LOST_A_THREAD = 2;

    /** The order to die when an alert is in hand. */
    static final int DIE_WITH_AN_ALERT = 'd';

    private TortureNode() {}

    public static void main(String[] arguments) throws Exception {
        NodeSetting setting = NodeSetting.of(arguments);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicBoolean lostThread = new AtomicBoolean();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            lostThread.set(true);
            log.error("thread {} is dead", thread.getName(), thrown);
        });
        try (HistoryFile history = new HistoryFile(setting.history())) {
            Listener listener =
                    Listener.failing(history, setting.history().getFileName().toString(), setting.seed());
            startThread("orders", () -> awaitOrders(stopped, listener));
            run(setting, history, listener, stopped);
        }
        Runtime.getRuntime().halt(lostThread.get() ? LOST_A_THREAD : 0);
    }

    private static void run(NodeSetting setting, HistoryFile history, Listener listener, AtomicBoolean stopped)
            throws InterruptedException {
        try (Stores stores = Stores.open(setting.url(), setting.redis(), CONNECTIONS, setting.skew());
                QuotaGuard guard = QuotaGuard.builder(stores.store())
                        .timeout(TIMEOUT)
                        .alertPollInterval(ALERT_POLL_INTERVAL)
                        .listener(listener)
                        .leased(World.LEASED, World.SLICES)
                        .build()) {
            Caller caller = new Caller(guard, history);
            startThread("progress", () -> tell(caller, stopped));
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < setting.threads(); i++) {
                String name = setting.history().getFileName() + "-" + i;
                Worker worker = new Worker(caller, setting.world(), name, setting.seed() * 1_000 + i);
                threads.add(startThread(name, () -> work(worker, stopped)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println(caller.calls());
        }
    }

    private static void work(Worker worker, AtomicBoolean stopped) {
        worker.run(stopped::get);
        long end = System.nanoTime() + RESOLVING_NANOS;
        worker.resolve(() -> System.nanoTime() - end > 0);
    }

    private static void awaitOrders(AtomicBoolean stopped, Listener listener) {
        try {
            int order = System.in.read();
            if (order == DIE_WITH_AN_ALERT) {
                listener.dieWithTheNext();
                order = System.in.read();
            }
            if (order < 0) {
                Runtime.getRuntime().halt(1);
            }
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
        stopped.set(true);
    }

    private static void tell(Caller caller, AtomicBoolean stopped) {
        try {
            while (!stopped.get()) {
                System.out.println(caller.calls());
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread startThread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
