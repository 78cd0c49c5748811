package io.quotaguard.quickstart;

import io.quotaguard.quickstart.LogLine.Action;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Runs a log through the platform from several threads, in steps of {@link #STEP}, with the store's clock at the start of
 * each step. Midnight of every zone falls between two steps, so it comes for all threads at once.
 *
 * <p>First in a step comes what opens accounts, then the posts that are due, which are of many accounts. All other
 * requests of one subject, and of one team's members, keep their order on one thread, so every run decides the same.
 * What a team distils itself is dealt out to all threads, as from many machines at once: who gets the last unit then
 * differs from run to run, how many get one does not.
 */
final class Replay {
    static final Duration STEP = Duration.ofMinutes(5);

    private final RequestLog log;
    private final Backend backend;
    private final Platform platform;
    private final int threads;

    Replay(RequestLog log, Backend backend, Platform platform, int threads) {
        this.log = log;
        this.backend = backend;
        this.platform = platform;
        this.threads = threads;
    }

    /** Returns the start of the step that a line falls in. */
    static Instant stepOf(LogLine line) {
        long length = STEP.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(line.at().getEpochSecond(), length) * length);
    }

    /**
     * Returns the answers in the order of the log.
     *
     * @throws ReplayException when a request failed, which is something else than being refused
     */
    List<Answer> run(PrintStream progress) throws InterruptedException {
        TreeMap<Instant, List<LogLine>> steps = new TreeMap<>();
        log.lines()
                .forEach(line -> steps.computeIfAbsent(stepOf(line), step -> new ArrayList<>())
                        .add(line));
        List<Answer> answers = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Progress shown = new Progress(progress, log.offset())) {
            for (Instant step : steps.keySet()) {
                shown.at(step);
                backend.moveTo(step);
                answers.addAll(run(steps.getOrDefault(step, List.of()), pool));
            }
        } finally {
            pool.shutdownNow();
        }
        answers.sort(Comparator.comparingInt(answer -> answer.line().number()));
        return answers;
    }

    private List<Answer> run(List<LogLine> lines, ExecutorService pool) throws InterruptedException {
        List<Answer> answers = new ArrayList<>();
        List<List<LogLine>> lanes = IntStream.range(0, threads)
                .<List<LogLine>>mapToObj(lane -> new ArrayList<>())
                .toList();
        List<LogLine> due = new ArrayList<>();
        for (LogLine line : lines) {
            if (line.action().opensAccount()) {
                answers.add(answer(line));
            } else if (line.action() == Action.SCHEDULED) {
                due.add(line);
            } else {
                lanes.get(laneOf(line)).add(line);
            }
        }
        // These are of many accounts, so they come by themselves, before what runs side by side.
        answers.addAll(answerDue(due));
        List<Callable<List<Answer>>> work = new ArrayList<>();
        lanes.forEach(lane -> work.add(() -> lane.stream().map(this::answer).toList()));
        // The barrier: the clock moves on when every thread is done with this step.
        for (Future<List<Answer>> done : pool.invokeAll(work)) {
            answers.addAll(result(done));
        }
        return answers;
    }

    private int laneOf(LogLine line) {
        if (log.isTeam(line.subject()) && line.action() == Action.DISTILL) {
            return line.number() % threads;
        }
        return Math.floorMod(log.pool(line.subject()).hashCode(), threads);
    }

    private Answer answer(LogLine line) {
        try {
            return platform.handle(line);
        } catch (RuntimeException e) {
            throw new ReplayException(line, e);
        }
    }

    private List<Answer> answerDue(List<LogLine> due) {
        if (due.isEmpty()) {
            return List.of();
        }
        try {
            return platform.handleDue(due);
        } catch (RuntimeException e) {
            throw new ReplayException(due.get(0), e);
        }
    }

    private static List<Answer> result(Future<List<Answer>> done) throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ReplayException failed) {
                throw failed;
            }
            throw new IllegalStateException("a replaying thread failed", e.getCause());
        }
    }
}
