package io.quotaguard.alert;

import io.quotaguard.alert.Delivery.CounterName;
import java.util.HashMap;
import java.util.Map;

/**
 * The alerts that one listener was not given or threw out of, and that come again: later ones of the same counter wait for
 * them, so that they arrive in order. Thread-safe.
 *
 * <p>Each is owed until it is back in the outbox, which from then on keeps the order itself, and beyond that to those
 * alerts that were claimed beside it. An alert may be owed twice: when its lease ends before it is put back, it is on its
 * way once more.
 */
final class OwedAlerts {
    private static final long NOT_BACK_YET = Long.MAX_VALUE;

    /** By counter, what is owed with the last claim that may have brought later alerts beside it. */
    private final Map<CounterName, Map<Delivery, Long>> lastClaims = new HashMap<>();

    private long newest;

    /** Notes that {@code delivery} did not reach the listener. */
    synchronized void add(Delivery delivery) {
        lastClaims
                .computeIfAbsent(delivery.counter(), counter -> new HashMap<>())
                .put(delivery, NOT_BACK_YET);
    }

    /** Says that {@code delivery} is back in the outbox, {@code claim} being the last that began before. */
    synchronized void backInOutbox(Delivery delivery, long claim) {
        Map<Delivery, Long> ofCounter = lastClaims.get(delivery.counter());
        if (ofCounter != null) {
            ofCounter.computeIfPresent(delivery, (same, notYet) -> claim);
        }
    }

    /** Says that the listener has dealt with the alert, whichever delivery brought it. */
    synchronized void taken(Delivery delivery) {
        Map<Delivery, Long> ofCounter = lastClaims.get(delivery.counter());
        if (ofCounter != null) {
            ofCounter.keySet().removeIf(owed -> id(owed) == id(delivery));
        }
    }

    /** Returns whether an earlier alert must come before this one. Deliveries are asked for in the order of their claims. */
    synchronized boolean holdBack(Delivery delivery) {
        if (delivery.claim() > newest) {
            newest = delivery.claim();
            lastClaims.values().forEach(owed -> owed.values().removeIf(last -> last < newest));
            lastClaims.values().removeIf(Map::isEmpty);
        }
        return lastClaims.getOrDefault(delivery.counter(), Map.of()).keySet().stream()
                .anyMatch(owed -> id(owed) < id(delivery));
    }

    private static long id(Delivery delivery) {
        return delivery.alert().id();
    }
}
