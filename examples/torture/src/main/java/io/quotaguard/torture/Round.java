package io.quotaguard.torture;

import io.quotaguard.QuotaGuard;
import io.quotaguard.torture.check.Allowances;
import io.quotaguard.torture.check.Books;
import io.quotaguard.torture.check.BooksReader;
import io.quotaguard.torture.check.Checker;
import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.faults.Schedule;
import io.quotaguard.torture.faults.Schedule.Planned;
import io.quotaguard.torture.history.History;
import io.quotaguard.torture.history.HistoryFile;
import io.quotaguard.torture.load.Caller;
import io.quotaguard.torture.load.LastAsker;
import io.quotaguard.torture.load.LastDelivery;
import io.quotaguard.torture.load.PlanChanger;
import io.quotaguard.torture.load.World;
import io.quotaguard.torture.report.RoundReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One history: load and faults, then healing, then the proof. */
final class Round {
    private static final Logger log = LoggerFactory.getLogger(Round.class);
    private static final int HOT_SUBJECTS = 3;
    private static final int LEAST_WIDE_SUBJECTS = 12;

    /** So many that their limits are reached when half of the round is over. */
    private static final int CALLS_OF_A_WIDE_SUBJECT = 150;

    private static final int CALLS_OF_A_PLAN = 80;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a killed process had in hand comes again after half a minute, and what failed after up to ten. */
    private static final Duration DELIVERING = Duration.ofMinutes(3);

    /** As a host sets it: what is given up keeps others waiting for not much longer. */
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration LONGEST_ROUND = Duration.ofMinutes(10);
    private static final Duration LONGEST_CALL = Duration.ofMillis(50);

    private final Backend backend;
    private final Options options;
    private final Path folder;
    private final World world;
    private final List<RoundReport.Happened> happened = new ArrayList<>();
    private final List<Allowances.Loss> losses = new ArrayList<>();
    private final long startNanos = System.nanoTime();

    Round(Backend backend, Options options, Path folder) {
        this.backend = backend;
        this.options = options;
        this.folder = folder;
        this.world = new World(HOT_SUBJECTS, Math.max(LEAST_WIDE_SUBJECTS, options.calls() / CALLS_OF_A_WIDE_SUBJECT));
    }

    RoundReport run() throws Exception {
        String url = backend.fresh();
        try (Stores direct = Stores.open(url, backend.redisUri(), 4, Duration.ZERO);
                QuotaGuard guard = QuotaGuard.builder(direct.store())
                        .timeout(CHANGE_TIMEOUT)
                        .build()) {
            try (QuotaGuard patient =
                    QuotaGuard.builder(direct.store()).timeout(PATIENCE).build()) {
                world.create(patient);
            }
            Nodes nodes = new Nodes(
                    new Nodes.Launch(
                            TortureNode.class,
                            folder,
                            backend.throughNetwork(url),
                            backend.redisThroughNetwork(),
                            world),
                    options);
            List<String> failed;
            Path changes = folder.resolve("plans");
            try (HistoryFile history = new HistoryFile(changes)) {
                failed = load(nodes, new FaultMaker(backend, url, nodes), new Caller(guard, history));
            } finally {
                nodes.killAll();
            }
            long loaded = System.nanoTime() - startNanos;
            Findings findings = check(direct, nodes, changes);
            failed.addAll(Floors.missedBy(findings.figures()));
            return new RoundReport(
                    options.seed(),
                    nodes.calls(),
                    Duration.ofNanos(loaded),
                    Duration.ofNanos(System.nanoTime() - startNanos - loaded),
                    happened,
                    findings.figures(),
                    findings.counts(),
                    findings.violations(),
                    failed);
        }
    }

    private List<String> load(Nodes nodes, FaultMaker faults, Caller changer) throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        PlanChanger changes = new PlanChanger(changer, world, "plan", options.seed(), CALLS_OF_A_PLAN);
        Thread changing = new Thread(() -> changes.run(nodes::calls, stopped::get), "plan changes");
        List<String> failed = new CopyOnWriteArrayList<>();
        changing.setUncaughtExceptionHandler((thread, thrown) -> {
            failed.add("the thread of the " + thread.getName() + " died of " + thrown);
            log.error("the thread of the {} is dead", thread.getName(), thrown);
        });
        changing.start();
        try {
            nodes.startAll();
            for (Planned planned : Schedule.of(options.seed(), backend::canMake).faults()) {
                if (!awaitCalls(nodes, (long) (planned.share() * options.calls()))) {
                    break;
                }
                long from = System.nanoTime();
                faults.make(planned);
                if (options.store().mayLoseBy(planned.fault())) {
                    losses.add(new Allowances.Loss(from, System.nanoTime()));
                }
                happened.add(new RoundReport.Happened(
                        planned.fault().name(),
                        planned.fault().meaning(),
                        Duration.ofNanos(from - startNanos),
                        Duration.ofNanos(System.nanoTime() - from)));
            }
            if (!awaitCalls(nodes, options.calls())) {
                failed.add("only " + nodes.calls() + " of " + options.calls() + " calls were made in time");
            }
            failed.addAll(nodes.stopAll());
        } finally {
            stopped.set(true);
            changing.join();
        }
        return failed;
    }

    /** Returns false when the time is up before so many calls have ended: what was done until then is checked all the same. */
    private boolean awaitCalls(Nodes nodes, long calls) throws InterruptedException {
        Duration longest = LONGEST_ROUND.plus(LONGEST_CALL.multipliedBy(options.calls()));
        while (nodes.calls() < calls) {
            if (System.nanoTime() - startNanos > longest.toNanos()) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return true;
    }

    private Path askOnceMore(Stores direct, History history) throws IOException {
        Path file = folder.resolve(History.HEALED);
        try (HistoryFile healed = new HistoryFile(file);
                QuotaGuard guard =
                        QuotaGuard.builder(direct.store()).timeout(PATIENCE).build()) {
            new LastAsker(new Caller(guard, healed)).ask(history);
        }
        return file;
    }

    /** What is held ends by itself, and a killed process' slices with it: then the books are at rest. */
    private Findings check(Stores direct, Nodes nodes, Path changes) throws Exception {
        List<Path> files = new ArrayList<>(nodes.histories());
        files.add(changes);
        files.add(askOnceMore(direct, History.read(files)));
        TimeUnit.MILLISECONDS.sleep(World.HOLD.toMillis());
        direct.drain(PATIENCE);
        files.add(LastDelivery.of(direct.store(), folder, PATIENCE, DELIVERING));
        Books books = new BooksReader(direct.store(), PATIENCE).read(world.subjects(), world.plans());
        return Checker.check(History.read(files), books, new Allowances(nodes.killed(), World.UNPOSTED, losses));
    }
}
