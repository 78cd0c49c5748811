package io.quotaguard.torture;

import io.quotaguard.model.Alert;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.AlertStore.Claimed;
import io.quotaguard.spi.Deadline;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Bugs in how an outbox gives its alerts out; all else is carried out rightly. */
final class PlantedOutbox {
    private static final int ALERTS_OF_A_BUG = 5;

    private PlantedOutbox() {}

    /** An alert is marked sent, and no listener was given it. */
    static AlertStore dropping(AlertStore store) {
        return with(store, claimed -> {
            List<Claimed> left = new ArrayList<>(claimed);
            left.removeIf(
                    one -> isHit(one) && store.markSent(List.of(one.alert().id()), soon()) > 0);
            return left;
        });
    }

    /** A listener is given an alert of a threshold that was not reached. */
    static AlertStore inventing(AlertStore store) {
        return with(
                store,
                claimed -> claimed.stream()
                        .map(one -> isHit(one) ? new Claimed(ofAnotherThreshold(one.alert()), one.attempts()) : one)
                        .toList());
    }

    private static boolean isHit(Claimed claimed) {
        return claimed.alert().id() % ALERTS_OF_A_BUG == 0;
    }

    private static Alert ofAnotherThreshold(Alert alert) {
        return new Alert(
                alert.id(),
                alert.subject(),
                alert.feature(),
                alert.window(),
                alert.threshold() + 1,
                alert.generation(),
                alert.used(),
                alert.limit(),
                alert.firedAt(),
                alert.sent(),
                alert.read(),
                alert.parked());
    }

    @SuppressWarnings("unchecked") // what claim returns
    private static AlertStore with(AlertStore store, UnaryOperator<List<Claimed>> bug) {
        return (AlertStore) Proxy.newProxyInstance(
                AlertStore.class.getClassLoader(), new Class<?>[] {AlertStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(store, arguments);
                        return method.getName().equals("claim") ? bug.apply((List<Claimed>) result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }
}
