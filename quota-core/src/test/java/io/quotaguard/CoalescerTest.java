package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import io.quotaguard.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R45: concurrent calls share round trips")
class CoalescerTest extends CoalescerGroup {
    @Test
    @DisplayName("R45: a lone caller goes straight through, on its own thread, each time by itself")
    void aloneAtOnce() {
        for (int i = 0; i < 100; i++) {
            assertThat(coalescer.execute(use("k" + i), Deadline.after(LONG))).isInstanceOf(Outcome.Accepted.class);
        }

        assertThat(store.trips()).hasSize(100).allSatisfy(trip -> {
            assertThat(trip.keys()).hasSize(1);
            assertThat(trip.thread()).isSameAs(Thread.currentThread());
        });
    }

    @Test
    @DisplayName("R45: few callers go by themselves, the next leads, and from then on calls wait")
    void fewGoDirectly() {
        coalescer(new Coalescing(3, 1, 4, 100));
        store.shut();
        List<Caller> straight = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            straight.add(start("k" + i));
            store.awaitTrips(i);
        }
        Caller fifth = start("k5").waiting();

        assertThat(store.trips())
                .extracting(GatedStore.Trip::thread)
                .containsExactlyElementsOf(straight.stream().map(Caller::thread).toList());
        store.open();
        straight.forEach(CoalescerGroup::assertAccepted);
        assertAccepted(fifth);
    }

    @Test
    @DisplayName(
            "R45: while the store is busy the rest gather, and go in the order in which they came, a batch at a time")
    void gather() {
        keepBusy();
        List<Caller> waiting = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            waiting.add(start("k" + i).waiting());
        }
        store.letGo(2);
        store.awaitTrips(3);
        // Whoever comes now may not overtake those who came before the batch was full.
        waiting.add(start("k7").waiting());
        store.open();

        waiting.forEach(CoalescerGroup::assertAccepted);
        assertThat(store.keys())
                .containsExactly(
                        List.of("direct"),
                        List.of("leader"),
                        List.of("k1", "k2", "k3", "k4"),
                        List.of("k5", "k6", "k7"));
        assertThat(store.trips().get(2).thread()).isSameAs(waiting.get(0).thread());
        assertThat(store.trips().get(3).thread()).isSameAs(waiting.get(4).thread());
        assertThat(used("ann", "many")).isEqualTo(9);
    }

    @Test
    @DisplayName("R45: who comes while others wait stands behind them, however few are under way by then")
    void behindThoseWhoWait() {
        coalescer(new Coalescing(3, 1, 1, 100));
        store.shut();
        for (int i = 1; i <= 4; i++) {
            start("k" + i);
            store.awaitTrips(i);
        }
        Caller first = start("first").waiting();
        store.letGo(3);
        Await.until("only the leader is inside", () -> store.inside() == 1);
        Caller second = start("second").waiting();
        store.open();

        assertAccepted(first);
        assertAccepted(second);
        assertThat(store.keys().subList(4, 6)).containsExactly(List.of("first"), List.of("second"));
    }

    @Test
    @DisplayName("R1: calls that ride together are decided one after the other, and each gets its own answer")
    void ownAnswers() {
        coalescer(new Coalescing(1, 1, 100, 100));
        keepBusy();
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(start(command(Operation.RECORD, "bob", "few", "k" + i), LONG)
                    .waiting());
        }
        store.open();

        for (int i = 0; i < 8; i++) {
            assertThat(callers.get(i).outcome()).isInstanceOf(i < 5 ? Outcome.Accepted.class : Outcome.Refused.class);
        }
        for (long i = 0; i < 5; i++) {
            Outcome.Accepted accepted = (Outcome.Accepted) callers.get((int) i).outcome();
            assertThat(accepted.verdicts().get(0).counter().used()).isEqualTo(i + 1);
        }
        assertThat(store.trips()).hasSize(3);
    }

    @Test
    @DisplayName("R7: two calls with one key that wait together are counted once, and the first is the original")
    void sameKey() {
        keepBusy();
        Caller original = start("same").waiting();
        Caller repeated = start("same").waiting();
        store.open();

        assertThat(((Outcome.Accepted) original.outcome()).replayed()).isFalse();
        assertThat(((Outcome.Accepted) repeated.outcome()).replayed()).isTrue();
        assertThat(used("ann", "many")).isEqualTo(3);
    }

    @Test
    @DisplayName("R45: two shared round trips never have one counter between them, and only leaders are in the store")
    void oneCounterOneTrip() {
        coalescer(new Coalescing(1, 2, 8, 100));
        Set<String> aboard = ConcurrentHashMap.newKeySet();
        AtomicInteger fights = new AtomicInteger();
        store.manner((commands, deadline, inner) -> {
            List<String> ours = commands.stream()
                    .map(command -> command.lines().get(0).subject())
                    .distinct()
                    .toList();
            ours.forEach(subject -> fights.addAndGet(aboard.add(subject) ? 0 : 1));
            try {
                LockSupport.parkNanos(20_000);
                return inner.execute(commands, deadline);
            } finally {
                aboard.removeAll(ours);
            }
        });
        // One call stays in the store all the while, so that every other one has to take a lane.
        store.shut();
        Caller stays = start("direct");
        store.awaitTrips(1);
        store.shutNoMore();
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int caller = i;
            callers.add(Caller.start(() -> manyUses(caller)));
        }
        callers.forEach(CoalescerGroup::assertAccepted);
        store.open();
        assertAccepted(stays);

        assertThat(fights).hasValue(0);
        assertThat(store.mostInside()).isLessThanOrEqualTo(3);
        assertThat(used("subject-0", "many") + used("subject-3", "many")).isEqualTo(1600);
    }

    @Test
    @DisplayName("R45: all share one round trip as long as a batch holds them, and only what is more goes beside it")
    void secondLaneWhenFull() {
        coalescer(new Coalescing(1, 2, 3, 100));
        store.shut();
        start(useOf("ann", "1"), LONG);
        store.awaitTrips(1);
        Caller leads = start(useOf("bob", "2"), LONG);
        store.awaitTrips(2);
        Caller fits = start(useOf("cid", "3"), LONG).waiting();
        Caller beside = start(useOf("dan", "4"), LONG);
        store.awaitTrips(3);
        Caller stays = start(useOf("bob", "5"), LONG).waiting();
        store.open();

        List.of(leads, fits, beside, stays).forEach(CoalescerGroup::assertAccepted);
        assertThat(store.trips().get(2).thread()).isSameAs(beside.thread());
        assertThat(store.keys()).containsExactly(List.of("1"), List.of("2"), List.of("4"), List.of("3", "5"));
    }

    private Command useOf(String subject, String key) {
        return command(Operation.RECORD, subject, "many", key);
    }

    private Outcome manyUses(int caller) {
        Outcome last = new Outcome.Unknown(new IllegalStateException("nothing was called"));
        for (int i = 0; i < 400; i++) {
            Command command = command(Operation.RECORD, "subject-" + i % 8, "many", caller + "-" + i);
            last = coalescer.execute(command, Deadline.after(LONG));
            assertThat(last).isInstanceOf(Outcome.Accepted.class);
        }
        return last;
    }

    @Test
    @DisplayName("R34: what ends a hold goes by itself and does not wait")
    void settlesAlone() {
        keepBusy();
        Command use = use("hold");
        Target target = new Target(KeyIdentity.of("ann", "many", "hold"), null);
        Caller release = start(new Command(Operation.RELEASE, "hold", use.lines(), Map.of(), target), LONG);
        store.awaitTrips(3);
        store.open();

        assertThat(release.outcome()).isInstanceOf(Outcome.NotFound.class);
        assertThat(store.trips().get(2).thread()).isSameAs(release.thread());
    }

    @Test
    @DisplayName("R45: switched off, every call goes by itself, however many there are")
    void off() {
        coalescer(Coalescing.OFF);
        store.shut();
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            callers.add(start("k" + i));
        }
        store.awaitTrips(20);
        store.open();

        callers.forEach(CoalescerGroup::assertAccepted);
        assertThat(store.keys()).allSatisfy(keys -> assertThat(keys).hasSize(1));
    }

    @Test
    @DisplayName("Close waits for those who wait and those aboard; whoever comes later goes by himself")
    void closeDrains() {
        keepBusy();
        Caller first = start("k1").waiting();
        Caller second = start("k2").waiting();
        store.letGo(2);
        store.awaitTrips(3);
        Caller close = Caller.start(() -> {
            coalescer.close();
            return new Outcome.Unknown(new IllegalStateException("closed"));
        });
        Await.until(
                "close waits, or does not",
                () -> close.hasEnded() || close.thread().getState() == Thread.State.TIMED_WAITING);
        assertThat(close.hasEnded()).isFalse();
        Caller third = start("k3");
        Caller fourth = start("k4");
        store.awaitTrips(5);
        store.open();

        close.outcome();
        List.of(first, second, third, fourth).forEach(CoalescerGroup::assertAccepted);
        assertThat(store.keys().subList(2, 5)).contains(List.of("k1", "k2"), List.of("k3"), List.of("k4"));
    }
}
