package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("R1, R43: many callers before a store that is slow, fails, and loses answers")
class CoalescerStressTest extends CoalescerGroup {
    private static final Duration PATIENT = Await.PATIENCE;
    private static final Duration HANGING = Duration.ofMinutes(2);
    private static final int SUBJECTS = 16;
    private static final String ON_DEMAND = "unavailable on demand";

    /** What became of one call; {@code outcome} is unknown when it ended with an Error. */
    private record Ended(Command command, Duration timeout, Outcome outcome) {
        /** Tells whether it has waited in vain with much time left, as it does when nobody leads any more. */
        boolean wasForgotten() {
            return timeout.equals(PATIENT)
                    && outcome instanceof Outcome.Unavailable unavailable
                    && !ON_DEMAND.equals(unavailable.failure().getMessage());
        }
    }

    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();

    @Test
    @DisplayName("R1, R43: every one of 64 threads gets exactly its own outcomes, and what is used is what was allowed")
    void platformThreads() throws InterruptedException {
        stress(Thread::new, 64, 3_000);
    }

    @TestFactory
    Stream<DynamicTest> veryManyThreads() {
        ThreadFactory virtual = virtualThreads();
        String kind =
                virtual == null ? "2,000 platform threads, as this JDK has no virtual ones" : "2,000 virtual threads";
        return Stream.of(DynamicTest.dynamicTest(
                "R1, R43: the same with " + kind, () -> stress(virtual == null ? Thread::new : virtual, 2_000, 20)));
    }

    private void stress(ThreadFactory factory, int threads, int calls) throws InterruptedException {
        coalescer(new Coalescing(6, 2, 32, 10_000));
        store.manner(CoalescerStressTest::atRandom);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int caller = i;
            callers.add(factory.newThread(() -> call(caller, calls)));
        }
        callers.forEach(Thread::start);
        Deadline hanging = Deadline.after(HANGING);
        for (Thread caller : callers) {
            caller.join(hanging.remainingMillis());
            assertThat(caller.isAlive()).as("a caller hangs").isFalse();
        }
        assertThat(ended).hasSize(threads * calls).noneMatch(Ended::wasForgotten);
        store.manner((commands, deadline, inner) -> inner.execute(commands, deadline));
        checkBooks();
    }

    private void call(int caller, int calls) {
        for (int i = 0; i < calls; i++) {
            boolean scarce = i % 8 == 0;
            Usage usage = Usage.of(scarce ? "hot" : "subject-" + (caller + i) % SUBJECTS, scarce ? "few" : "many")
                    .amount(scarce ? 1 : 1 + (caller + i) % 7)
                    .key(caller + "-" + i);
            Command command = Charge.of(Operation.RECORD, usage)
                    .resolve(entitlements, store.clock().instant(), Deadline.after(LONG));
            ThreadLocalRandom random = ThreadLocalRandom.current();
            Duration timeout = random.nextInt(10) == 0 ? Duration.ofNanos(1 + random.nextLong(5_000_000)) : PATIENT;
            ended.add(new Ended(command, timeout, outcome(command, timeout)));
        }
    }

    private Outcome outcome(Command command, Duration timeout) {
        try {
            return coalescer.execute(command, Deadline.after(timeout));
        } catch (LinkageError e) {
            return new Outcome.Unknown(e);
        }
    }

    /** Carries out most round trips, and lets some fail in every way there is. */
    private static List<Outcome> atRandom(List<Command> commands, Deadline deadline, QuotaStore inner) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        LockSupport.parkNanos(random.nextLong(300_000));
        switch (random.nextInt(100)) {
            case 0 -> throw new LinkageError("on demand, before anything was done");
            case 1 -> throw lateError(inner.execute(commands, deadline));
            case 2 ->
                throw new IllegalStateException(
                        "on demand: " + inner.execute(commands, deadline).size());
            case 3 -> {
                return all(commands, new Outcome.Unavailable(away(), true));
            }
            case 4 -> {
                inner.execute(commands, deadline);
                return all(commands, new Outcome.Unknown(away()));
            }
            case 5 -> {
                LockSupport.parkNanos(Math.min(
                        TimeUnit.MILLISECONDS.toNanos(20), deadline.remaining().toNanos()));
                return all(commands, new Outcome.Unavailable(away(), false));
            }
            default -> {
                return inner.execute(commands, deadline);
            }
        }
    }

    private static QuotaUnavailableException away() {
        return new QuotaUnavailableException(ON_DEMAND, null, null, "gated");
    }

    private static LinkageError lateError(List<Outcome> lost) {
        return new LinkageError("on demand, after " + lost.size() + " were carried out");
    }

    private static List<Outcome> all(List<Command> commands, Outcome outcome) {
        return commands.stream().map(command -> outcome).toList();
    }

    /** Resolves what is unknown by its key, and compares what was allowed with what is used. */
    private void checkBooks() {
        long many = 0;
        long few = 0;
        for (Ended call : ended) {
            Outcome outcome = call.outcome() instanceof Outcome.Unknown
                    ? store.execute(List.of(call.command()), Deadline.after(LONG))
                            .get(0)
                    : call.outcome();
            if (outcome instanceof Outcome.Accepted accepted) {
                Verdict verdict = accepted.verdicts().get(0);
                assertThat(verdict.subject())
                        .isEqualTo(call.command().lines().get(0).subject());
                assertThat(verdict.amount())
                        .isEqualTo(call.command().lines().get(0).amount());
                many += verdict.feature().equals("many") ? verdict.amount() : 0;
                few += verdict.feature().equals("few") ? verdict.amount() : 0;
            } else {
                assertThat(outcome).isInstanceOfAny(Outcome.Refused.class, Outcome.Unavailable.class);
            }
        }
        long used = 0;
        for (int i = 0; i < SUBJECTS; i++) {
            used += used("subject-" + i, "many");
        }
        assertThat(many).isEqualTo(used).isPositive();
        assertThat(few).isEqualTo(used("hot", "few")).isEqualTo(5);
    }

    /** Returns what makes virtual threads, or null on a JDK that has none. */
    private static @Nullable ThreadFactory virtualThreads() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
