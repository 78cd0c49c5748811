package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R45: a shared round trip that goes wrong")
class CoalescerFaultsTest extends CoalescerGroup {
    private final QuotaUnavailableException away =
            new QuotaUnavailableException("unavailable on demand", null, null, "gated");

    /** Long enough to come aboard on a slow machine. */
    private static final Duration ABOARD_IN = Duration.ofSeconds(2);

    @Test
    @DisplayName("R11: one command that is rejected fails alone")
    void rejectedAlone() {
        keepBusy();
        List<Caller> callers = threeWaiting();
        store.manner((commands, deadline, inner) -> {
            List<Outcome> outcomes = new ArrayList<>(inner.execute(commands, deadline));
            outcomes.replaceAll(
                    outcome -> commands.get(outcomes.indexOf(outcome)).key().equals("k2")
                            ? new Outcome.Rejected(InvalidQuotaArgumentException.of("R6", "amount", 0, "is bad"))
                            : outcome);
            return outcomes;
        });
        store.open();

        assertAccepted(callers.get(0));
        assertThat(callers.get(1).outcome()).isInstanceOf(Outcome.Rejected.class);
        assertAccepted(callers.get(2));
        assertThat(store.trips()).hasSize(3);
    }

    @Test
    @DisplayName("R45: when one command makes the round trip fail, each goes by itself, once, and only that one fails")
    void eachAlone() {
        keepBusy();
        List<Caller> callers = threeWaiting();
        store.manner((commands, deadline, inner) ->
                commands.stream().anyMatch(command -> command.key().equals("k2"))
                        ? all(commands, unavailable(true))
                        : inner.execute(commands, deadline));
        store.open();

        assertAccepted(callers.get(0));
        assertThat(callers.get(1).outcome()).isEqualTo(unavailable(true));
        assertAccepted(callers.get(2));
        assertThat(store.keys().subList(2, 6))
                .startsWith(List.of("k1", "k2", "k3"))
                .contains(List.of("k1"), List.of("k2"), List.of("k3"));
        assertThat(used("ann", "many")).isEqualTo(4);
    }

    @Test
    @DisplayName("R43: a store that throws, or answers too few, leaves all aboard unknown, and the next ones go on")
    void brokenPromise() {
        for (boolean throwing : new boolean[] {true, false}) {
            coalescer(new Coalescing(1, 1, 4, 100));
            keepBusy();
            List<Caller> callers = threeWaiting();
            Caller behind = start("fourth").waiting();
            Caller nextTrip = start("fifth").waiting();
            store.manner((commands, deadline, inner) -> {
                if (commands.size() == 1) {
                    return inner.execute(commands, deadline);
                }
                if (throwing) {
                    throw new IllegalStateException("broken on demand");
                }
                return List.of();
            });
            store.open();

            assertThat(callers)
                    .allSatisfy(caller -> assertThat(caller.outcome())
                            .isInstanceOf(Outcome.Unknown.class)
                            .asString()
                            .contains(throwing ? "broken on demand" : "0 outcomes for 4 commands"));
            assertThat(behind.outcome()).isInstanceOf(Outcome.Unknown.class);
            assertAccepted(nextTrip);
        }
    }

    @Test
    @DisplayName("R43: an Error ends the leader's call; for those aboard all is unknown, and the lane goes on")
    void error() {
        keepBusy();
        List<Caller> callers = threeWaiting();
        Caller fourth = start("k4").waiting();
        Caller behind = start("k5").waiting();
        store.manner((commands, deadline, inner) -> {
            if (commands.size() == 4) {
                throw new AssertionError("killed on demand");
            }
            return inner.execute(commands, deadline);
        });
        store.open();

        assertThat(callers.get(0).failure()).isInstanceOf(AssertionError.class).hasMessage("killed on demand");
        for (Caller aboard : List.of(callers.get(1), callers.get(2), fourth)) {
            assertThat(aboard.outcome()).isInstanceOf(Outcome.Unknown.class);
        }
        assertAccepted(behind);
        assertAccepted(start("later"));
        assertThat(used("ann", "many")).isEqualTo(4);
    }

    @Test
    @DisplayName(
            "R45: one that waits longer than its time is unavailable at its deadline, and never carried out after it")
    void deadlineInQueue() {
        keepBusy();
        Caller first = start("k1").waiting();
        Caller late = start(use("late"), SHORT);
        Caller last = start("k2").waiting();

        assertThat(late.outcome())
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.failure())
                                .hasMessageContainingAll("deadline", "nothing was recorded", "R45"));
        assertThat(store.inside()).isEqualTo(2);
        store.open();
        assertAccepted(first);
        assertAccepted(last);
        assertThat(store.keys()).hasSize(3).last().isEqualTo(List.of("k1", "k2"));
        assertThat(used("ann", "many")).isEqualTo(4);
    }

    @Test
    @DisplayName("R43: one whose time is up on the way has an unknown outcome, and its key finds what became of it")
    void deadlineAboard() {
        keepBusy();
        Caller leader = start("k1").waiting();
        Caller aboard = start(use("aboard"), ABOARD_IN).waiting();
        store.letGo(2);
        store.awaitTrips(3);

        assertThat(aboard.outcome()).isInstanceOf(Outcome.Unknown.class);
        assertThat(leader.hasEnded()).isFalse();
        store.open();
        assertAccepted(leader);
        Outcome again = coalescer.execute(use("aboard"), Deadline.after(LONG));
        assertThat(((Outcome.Accepted) again).replayed()).isTrue();
        assertThat(used("ann", "many")).isEqualTo(4);
    }

    @Test
    @DisplayName("R45: when the leader's time is up, those who have more go on by themselves")
    void leaderOutOfTime() {
        keepBusy();
        Caller leader = start(use("k1"), ABOARD_IN).waiting();
        Caller aboard = start("k2").waiting();
        store.manner((commands, deadline, inner) -> {
            if (commands.size() == 1) {
                return inner.execute(commands, deadline);
            }
            Await.until("its time is up", deadline::hasPassed);
            return all(commands, unavailable(false));
        });
        store.open();

        assertThat(leader.outcome()).isEqualTo(unavailable(false));
        assertAccepted(aboard);
        assertAccepted(start("later"));
    }

    @Test
    @DisplayName("R45: one call more than may wait is unavailable at once, and nothing is recorded, whichever its lane")
    void queueFull() {
        coalescer(new Coalescing(1, 2, 4, 2));
        keepBusy();
        Caller first = start("k1").waiting();
        Caller second = start("k2").waiting();
        Caller third = start("k3");

        assertThat(third.outcome())
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.failure())
                                .hasMessageContainingAll("more than 2 calls", "nothing was recorded")
                                .extracting(failure -> ((QuotaUnavailableException) failure).key())
                                .isEqualTo("k3"));
        store.open();
        assertAccepted(first);
        assertAccepted(second);
        assertAccepted(start("k4"));
        assertThat(used("ann", "many")).isEqualTo(5);
    }

    @Test
    @DisplayName("R45: an interrupt ends no call that waits, is kept, and does not break off the way of those aboard")
    void interrupted() {
        keepBusy();
        Caller leader = start("k1").waiting();
        Caller aboard = start("k2").waiting();
        // As a pool of connections does.
        store.manner((commands, deadline, inner) -> Thread.currentThread().isInterrupted()
                ? all(commands, unavailable(true))
                : inner.execute(commands, deadline));
        leader.interrupt();
        aboard.interrupt();
        store.open();

        for (Caller caller : List.of(leader, aboard)) {
            assertAccepted(caller);
            assertThat(caller.keptItsInterrupt()).isTrue();
        }
        assertThat(store.trips()).hasSize(3);
    }

    @Test
    @DisplayName("R45: a leader that is interrupted in the store takes nobody with it")
    void leaderInterruptedInside() {
        keepBusy();
        Caller leader = start("k1").waiting();
        Caller aboard = start("k2").waiting();
        store.manner((commands, deadline, inner) -> {
            if (commands.size() > 1) {
                Thread.currentThread().interrupt();
            }
            return Thread.currentThread().isInterrupted()
                    ? all(commands, unavailable(true))
                    : inner.execute(commands, deadline);
        });
        store.open();

        assertThat(leader.outcome()).isEqualTo(unavailable(true));
        assertThat(leader.keptItsInterrupt()).isTrue();
        assertAccepted(aboard);
        assertAccepted(start("later"));
    }

    @Test
    @DisplayName("R45: a store that calls the guard while it decides does not wait for itself")
    void calledFromInside() {
        AtomicReference<Outcome> inner = new AtomicReference<>();
        store.manner((commands, deadline, real) -> {
            if (commands.get(0).key().equals("leader")) {
                inner.set(coalescer.execute(use("inner"), Deadline.after(ABOARD_IN)));
                coalescer.close();
            }
            return real.execute(commands, deadline);
        });
        keepBusy();
        store.shutNoMore();
        Caller waiting = start("k1").waiting();
        store.open();

        assertAccepted(waiting);
        assertThat(inner.get()).isInstanceOf(Outcome.Accepted.class);
        assertThat(used("ann", "many")).isEqualTo(4);
    }

    @Test
    @DisplayName("R45: the lead is not lost when it is handed to one whose time runs out")
    void leadToOneThatLeaves() {
        for (int round = 0; round < 200; round++) {
            List<Caller> callers = new ArrayList<>();
            store.manner((commands, deadline, inner) -> {
                LockSupport.parkNanos(200_000);
                return inner.execute(commands, deadline);
            });
            for (int i = 0; i < 8; i++) {
                callers.add(start(use(round + "-" + i), Duration.ofNanos(150_000L * (i + 1))));
            }
            Caller patient = start(use(round + "-patient"), LONG);
            callers.forEach(Caller::outcome);
            assertAccepted(patient);
        }
    }

    private List<Caller> threeWaiting() {
        return List.of(start("k1").waiting(), start("k2").waiting(), start("k3").waiting());
    }

    private static List<Outcome> all(List<Command> commands, Outcome outcome) {
        return commands.stream().map(command -> outcome).toList();
    }

    private Outcome unavailable(boolean retryable) {
        return new Outcome.Unavailable(away, retryable);
    }
}
