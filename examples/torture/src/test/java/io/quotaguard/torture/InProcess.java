package io.quotaguard.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.torture.check.Allowances;
import io.quotaguard.torture.check.Books;
import io.quotaguard.torture.check.BooksReader;
import io.quotaguard.torture.check.Checker;
import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.history.History;
import io.quotaguard.torture.history.HistoryFile;
import io.quotaguard.torture.load.Caller;
import io.quotaguard.torture.load.LastAsker;
import io.quotaguard.torture.load.LastDelivery;
import io.quotaguard.torture.load.Listener;
import io.quotaguard.torture.load.PlanChanger;
import io.quotaguard.torture.load.Worker;
import io.quotaguard.torture.load.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A small load in this very JVM, over a store that may have a bug, and what the checker says of it. */
final class InProcess {
    private static final int THREADS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final World WORLD = new World(2, 20);

    /** A store with a bug may never answer what a worker asks again. */
    private static final long RESOLVING_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** So long that none ends before it is posted: then not one unit may be over the limit. */
    private static final SlicePolicy SLICES =
            World.SLICES.life(Duration.ofSeconds(20)).margin(Duration.ofSeconds(15));

    private final QuotaStore charged;
    private final QuotaStore read;
    private final int callsOfAPlan;

    /**
     * @param charged what the callers use
     * @param read the same data, read past what may distort them
     * @param callsOfAPlan between two changes of a plan, on average
     */
    InProcess(QuotaStore charged, QuotaStore read, int callsOfAPlan) {
        this.charged = charged;
        this.read = read;
        this.callsOfAPlan = callsOfAPlan;
    }

    Findings run(Path folder, int calls, long seed, UnaryOperator<Books> distorted) throws Exception {
        return run(folder, calls, seed, distorted, () -> Allowances.NONE);
    }

    /** @param atRest brings the store to rest when nobody calls any more, and tells what it did not promise */
    Findings run(Path folder, int calls, long seed, UnaryOperator<Books> distorted, Supplier<Allowances> atRest)
            throws Exception {
        try (QuotaGuard setting = QuotaGuard.builder(read).timeout(PATIENCE).build()) {
            WORLD.create(setting);
        }
        Path file = folder.resolve("here");
        try (HistoryFile history = new HistoryFile(file);
                QuotaGuard guard = QuotaGuard.builder(charged)
                        .timeout(PATIENCE)
                        .leased(World.LEASED, SLICES)
                        .listener(Listener.steady(history, "here"))
                        .build()) {
            load(new Caller(guard, history), calls, seed);
        }
        Path healed = folder.resolve(History.HEALED);
        try (HistoryFile history = new HistoryFile(healed);
                QuotaGuard guard = QuotaGuard.builder(charged).timeout(PATIENCE).build()) {
            new LastAsker(new Caller(guard, history)).ask(History.read(List.of(file)));
        }
        if (read instanceof RedisQuotaStore redis) {
            redis.drain(Deadline.after(PATIENCE));
        }
        Allowances allowances = atRest.get();
        Path rest = LastDelivery.of(charged, folder, PATIENCE, PATIENCE);
        Books books = new BooksReader(read, PATIENCE).read(WORLD.subjects(), WORLD.plans());
        return Checker.check(History.read(List.of(file, healed, rest)), distorted.apply(books), allowances);
    }

    private void load(Caller caller, int calls, long seed) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        AtomicInteger left = new AtomicInteger(THREADS);
        for (int i = 0; i < THREADS; i++) {
            Worker worker = new Worker(caller, WORLD, "w" + i, seed * 100 + i);
            threads.add(new Thread(() -> {
                try {
                    worker.run(() -> caller.calls() >= calls);
                    long end = System.nanoTime() + RESOLVING_NANOS;
                    worker.resolve(() -> System.nanoTime() - end > 0);
                } finally {
                    left.decrementAndGet();
                }
            }));
        }
        PlanChanger changer = new PlanChanger(caller, WORLD, "plan", seed, callsOfAPlan);
        threads.add(new Thread(() -> changer.run(caller::calls, () -> left.get() == 0)));
        List<Throwable> dead = new CopyOnWriteArrayList<>();
        for (Thread thread : threads) {
            thread.setUncaughtExceptionHandler((which, thrown) -> dead.add(thrown));
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(dead).as("what threads of the load died of").isEmpty();
    }

    /** Returns the seed that was asked for on the command line, else the test's own. */
    static long seed(long ofTheTest) {
        return Long.getLong("torture.seed", ofTheTest);
    }

    static Path folder() throws IOException {
        return Files.createTempDirectory("torture");
    }
}
