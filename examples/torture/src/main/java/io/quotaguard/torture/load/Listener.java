package io.quotaguard.torture.load;

import io.quotaguard.alert.AlertListener;
import io.quotaguard.model.Alert;
import io.quotaguard.torture.history.Delivery;
import io.quotaguard.torture.history.Delivery.Stage;
import io.quotaguard.torture.history.HistoryFile;
import java.util.Random;

/**
 * A host's listener that writes down each alert that it is given, and again what it made of it as the last thing that it does. It
 * throws now and then, by its seed, and its process may be told to die with an alert in hand.
 */
public final class Listener implements AlertListener {
    private static final int CALLS_OF_A_FAILURE = 5;

    private final HistoryFile history;
    private final String node;
    private final Random random;
    private final boolean fails;
    private volatile boolean dies;

    private Listener(HistoryFile history, String node, long seed, boolean fails) {
        this.history = history;
        this.node = node;
        this.random = new Random(seed);
        this.fails = fails;
    }

    public static Listener failing(HistoryFile history, String node, long seed) {
        return new Listener(history, node, seed, true);
    }

    public static Listener steady(HistoryFile history, String node) {
        return new Listener(history, node, 0, false);
    }

    /** Has the process die with the next alert in hand: before it is written down that it was taken, or after. */
    public void dieWithTheNext() {
        dies = true;
    }

    @Override
    public void onAlert(Alert alert) {
        history.delivered(Delivery.of(node, alert, Stage.HANDED));
        boolean last = dies;
        boolean failing = fails && random.nextInt(CALLS_OF_A_FAILURE) == 0;
        if (last && random.nextBoolean()) {
            die();
        }
        history.delivered(Delivery.of(node, alert, failing && !last ? Stage.FAILED : Stage.TAKEN));
        if (last) {
            die();
        }
        if (failing) {
            throw new IllegalStateException("this listener throws now and then");
        }
    }

    /** No more orderly than {@code kill -9}: nothing is closed, nothing is posted. */
    private static void die() {
        Runtime.getRuntime().halt(1);
    }
}
