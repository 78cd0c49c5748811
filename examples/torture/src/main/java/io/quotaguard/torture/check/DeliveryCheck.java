package io.quotaguard.torture.check;

import io.quotaguard.model.Alert;
import io.quotaguard.torture.history.Delivery;
import io.quotaguard.torture.history.Delivery.Stage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * E2: each alert was taken by a listener that lived to say so, nothing was handed to one that did not fire, and the alerts of
 * one counter were taken first in their order. What was handed over more often is counted, and no fault (R33).
 */
final class DeliveryCheck {
    private final Evidence evidence;
    private final Findings findings;
    private final Map<Long, Alert> alerts = new HashMap<>();
    private final Map<Long, Delivery> firstTaken = new LinkedHashMap<>();

    private DeliveryCheck(Evidence evidence, Findings findings) {
        this.evidence = evidence;
        this.findings = findings;
        evidence.books.alerts().forEach(alert -> alerts.put(alert.id(), alert));
    }

    static void run(Evidence evidence, Findings findings) {
        DeliveryCheck check = new DeliveryCheck(evidence, findings);
        evidence.history.deliveries().forEach(check::delivered);
        check.order();
        check.lost();
    }

    private void delivered(Delivery delivery) {
        Alert alert = alerts.get(delivery.id());
        if (alert == null || !isOf(delivery, alert)) {
            broken("a listener was given what did not fire", delivery.id(), alert);
        } else if (delivery.nanos() < evidence.timeLine().earliest(alert.firedAt())) {
            broken("a listener was given an alert before it fired", delivery.id(), alert);
        }
        switch (delivery.stage()) {
            case HANDED -> findings.count("alerts handed to a listener", 1);
            case FAILED -> findings.count("alerts failed by the listener", 1);
            case TAKEN -> {
                if (firstTaken.putIfAbsent(delivery.id(), delivery) != null) {
                    findings.count("alerts delivered again", 1);
                } else {
                    findings.count("alerts delivered", 1);
                }
            }
        }
    }

    private static boolean isOf(Delivery delivery, Alert alert) {
        return delivery.subject().equals(alert.subject())
                && delivery.feature().equals(alert.feature())
                && delivery.window().equals(alert.window())
                && delivery.threshold() == alert.threshold()
                && delivery.generation() == alert.generation();
    }

    /** The first takings are in the order of their time: so the ids of each counter have to grow. */
    private void order() {
        Map<CounterName, Long> last = new HashMap<>();
        for (Delivery delivery : firstTaken.values()) {
            CounterName counter = new CounterName(delivery.subject(), delivery.feature(), delivery.window());
            Long before = last.put(counter, delivery.id());
            if (before != null && before > delivery.id()) {
                broken(
                        "a listener was given an alert after the later alert " + before + " of its counter",
                        delivery.id(),
                        alerts.get(delivery.id()));
            }
        }
    }

    private void lost() {
        long handed = findings.figures().getOrDefault("alerts handed to a listener", 0L);
        long ended = evidence.history.deliveries().stream()
                .filter(delivery -> delivery.stage() != Stage.HANDED)
                .count();
        findings.count("alerts in the hands of a process that died", handed - ended);
        for (Alert alert : evidence.books.alerts()) {
            if (!firstTaken.containsKey(alert.id())) {
                broken("an alert that no listener has taken", alert.id(), alert);
            }
        }
    }

    private void broken(String headline, long id, @Nullable Alert alert) {
        List<Delivery> deliveries = evidence.history.deliveries().stream()
                .filter(delivery -> delivery.id() == id)
                .limit(10)
                .toList();
        String[] notes = new String[deliveries.size() + 1];
        notes[0] = alert == null ? "no alert has the id " + id : "the outbox has " + alert;
        for (int i = 0; i < deliveries.size(); i++) {
            Delivery delivery = deliveries.get(i);
            notes[i + 1] = findings.at(delivery.nanos()) + " " + delivery;
        }
        findings.broken(Invariant.E2, headline, List.of(), List.of(), notes);
    }
}
