package io.quotaguard.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** One call, as JMH repeats it. Public for the code that JMH generates; see {@link MemoryBenchmark}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryCall {
    static final String CONTENDER = "contender";
    static final String SHAPE = "shape";
    static final String SUBJECTS = "subjects";

    /** A name of {@link MemoryContest}. */
    @Param("FLOOR")
    public String contender = "";

    /** A name of {@link Traffic.Shape}. */
    @Param("HOT")
    public String shape = "";

    /** How many there are. */
    @Param("1")
    public int subjects;

    private @Nullable MemoryContender target;

    /** Opens the contender, and uses one unit of everyone: what is measured opens nothing. */
    @Setup
    public void open() {
        MemoryContender opened = MemoryContest.valueOf(contender).open(subjects);
        for (int subject = 0; subject < subjects; subject++) {
            require(opened.use(subject, -1L - subject));
        }
        target = opened;
    }

    /** Closes it. */
    @TearDown
    public void close() {
        if (target != null) {
            target.close();
        }
    }

    /** Uses one unit of whoever is next. */
    @Benchmark
    public boolean use(Picks picks) {
        MemoryContender opened = target;
        boolean allowed = opened != null && opened.use(picks.next(), picks.call());
        require(allowed);
        return allowed;
    }

    private static void require(boolean allowed) {
        if (!allowed) {
            throw new IllegalStateException(
                    "a call was refused that had to be allowed, so there is nothing to measure");
        }
    }

    /** Whom a thread asks for, one after the other: drawn beforehand, since drawing costs more than some calls do. */
    @State(Scope.Thread)
    public static class Picks {
        private static final int DRAWN = 1 << 17;
        private static final int CALLS_BITS = 40;

        private int[] subjects = {};
        private int next;
        private long call;

        /** Draws them. */
        @Setup
        public void draw(MemoryCall of, ThreadParams thread) {
            Traffic traffic =
                    new Traffic(Traffic.Shape.valueOf(of.shape), Traffic.Outcome.ACCEPTED, new Subjects(of.subjects));
            subjects = new int[DRAWN];
            for (int i = 0; i < DRAWN; i++) {
                subjects[i] = traffic.subject();
            }
            call = (long) thread.getThreadIndex() << CALLS_BITS;
        }

        int next() {
            next = (next + 1) & (DRAWN - 1);
            return subjects[next];
        }

        long call() {
            return call++;
        }
    }
}
