package io.quotaguard;

import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A thread with one call under way. Made and asked by one thread. */
final class Caller {
    private final CompletableFuture<Outcome> ended = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean interruptedAfterwards;

    private Caller(Supplier<Outcome> call) {
        thread = new Thread(() -> run(call), "caller");
        thread.setDaemon(true);
    }

    static Caller start(Supplier<Outcome> call) {
        Caller caller = new Caller(call);
        caller.thread.start();
        return caller;
    }

    private void run(Supplier<Outcome> call) {
        try {
            Outcome outcome = call.get();
            interruptedAfterwards = Thread.currentThread().isInterrupted();
            ended.complete(outcome);
        } catch (Throwable e) {
            ended.completeExceptionally(e);
        }
    }

    /** Returns itself when it has come to wait in a lane, so that who is started next stands behind it. */
    Caller waiting() {
        Await.until("the call waits", () -> LockSupport.getBlocker(thread) instanceof Passenger);
        return this;
    }

    Outcome outcome() {
        try {
            return ended.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | InterruptedException | ExecutionException e) {
            throw new AssertionError("the call has no outcome", e);
        }
    }

    Throwable failure() {
        Await.until("the call has ended", ended::isDone);
        return ended.handle((outcome, thrown) -> thrown).join();
    }

    boolean hasEnded() {
        return ended.isDone();
    }

    Thread thread() {
        return thread;
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Tells whether its thread was still marked as interrupted when the call returned. */
    boolean keptItsInterrupt() {
        return interruptedAfterwards;
    }
}
