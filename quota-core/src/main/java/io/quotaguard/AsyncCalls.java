package io.quotaguard;

import io.quotaguard.model.QuotaUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs calls on other threads: the host's executor, or a bounded pool of the guard's own. Thread-safe. */
final class AsyncCalls implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int QUEUE_SIZE = 10_000;

    private final Executor executor;
    private final @Nullable ExecutorService own;

    AsyncCalls(@Nullable Executor given) {
        if (given != null) {
            this.own = null;
            this.executor = given;
        } else {
            ExecutorService pool = pool();
            this.own = pool;
            this.executor = pool;
        }
    }

    <T> CompletionStage<T> run(Supplier<T> call) {
        try {
            return CompletableFuture.supplyAsync(call, executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new QuotaUnavailableException(
                    "the executor of asynchronous calls takes no more work; nothing was recorded", e, null, null));
        }
    }

    @Override
    public void close() {
        if (own != null) {
            own.shutdown();
        }
    }

    private static ExecutorService pool() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE_SIZE), work -> {
                    Thread thread = new Thread(work, "quota-async");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
