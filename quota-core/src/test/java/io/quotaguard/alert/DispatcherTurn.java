package io.quotaguard.alert;

import io.quotaguard.spi.AlertStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** A dispatcher without threads of its own, whose work is done one turn at a time. Not thread-safe. */
public final class DispatcherTurn implements AutoCloseable {
    private final AlertDispatcher dispatcher;

    public DispatcherTurn(AlertStore store, AlertListener listener, Duration timeout) {
        AlertDispatcher.Settings settings = new AlertDispatcher.Settings(timeout, timeout, Integer.MAX_VALUE);
        AlertDispatcher.Threads none = new AlertDispatcher.Threads(work -> new Thread(() -> {}), AtOnce::new);
        dispatcher = new AlertDispatcher(store, List.of(listener), settings, none);
    }

    /** Delivers what is due; tells whether there may be more. */
    public boolean take() {
        return dispatcher.deliverDue();
    }

    @Override
    public void close() {
        dispatcher.close();
    }

    /** Runs on the caller's thread. */
    private static final class AtOnce extends AbstractExecutorService {
        private boolean ended;

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            ended = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            ended = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return ended;
        }

        @Override
        public boolean isTerminated() {
            return ended;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
