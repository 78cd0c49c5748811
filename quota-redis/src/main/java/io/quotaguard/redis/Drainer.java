package io.quotaguard.redis;

import io.quotaguard.model.Alert;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that keeps posting what was decided: at once what this node decided, and now and then whatever others left
 * behind. Thread-safe.
 */
final class Drainer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Drainer.class);

    /**
     * So long decisions gather for one post at least, and at most: in between as long as the last post took, since few large
     * posts cost the ledger's store less than many small ones.
     */
    private static final Duration GATHERING = Duration.ofMillis(5);

    private static final Duration LONGEST_GATHERING = Duration.ofMillis(20);

    /** How often the shards that this node has not written to are looked at. */
    private static final Duration ROUND = Duration.ofSeconds(1);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LAST_TIMEOUT = Duration.ofSeconds(2);

    private final Drain drain;
    private final int shards;
    private final Set<Integer> written = ConcurrentHashMap.newKeySet();
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private volatile boolean failing;
    private volatile boolean closed;

    Drainer(Drain drain, int shards) {
        this.drain = drain;
        this.shards = shards;
        this.thread = new Thread(this::run, "quota-redis-drain");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Tells of an entry that this node wrote. */
    void wake(int shard) {
        if (written.add(shard)) {
            wake.release();
        }
    }

    /**
     * Posts a shard up to an entry, and returns the alerts that it fired. They are empty when the ledger cannot be posted to
     * now, or another node posts the entry: they reach their listeners all the same, from the outbox.
     */
    List<Alert> alertsOf(int shard, String entry, Deadline deadline) {
        if (failing) {
            wake(shard);
            return List.of();
        }
        try {
            drain.settle(shard, deadline);
            return drain.alertsOf(entry);
        } catch (RedisFault | RuntimeException e) {
            // The use is decided and kept, whatever is wrong with the ledger.
            failing = true;
            LOG.debug("the ledger cannot be posted to now", e);
            wake(shard);
            return List.of();
        }
    }

    private void run() {
        long lastRound = System.nanoTime();
        long took = 0;
        while (!closed) {
            try {
                if (wake.tryAcquire(ROUND.toNanos(), TimeUnit.NANOSECONDS)) {
                    wake.drainPermits();
                    TimeUnit.NANOSECONDS.sleep(gathering(took));
                }
            } catch (InterruptedException e) {
                return;
            }
            long begun = System.nanoTime();
            boolean all = begun - lastRound >= ROUND.toNanos();
            lastRound = all ? begun : lastRound;
            settle(all ? IntStream.range(0, shards).boxed().toList() : new ArrayList<>(written));
            took = System.nanoTime() - begun;
        }
    }

    private static long gathering(long tookNanos) {
        return Math.max(GATHERING.toNanos(), Math.min(LONGEST_GATHERING.toNanos(), tookNanos));
    }

    private void settle(List<Integer> due) {
        boolean failed = false;
        Set<String> silent = new HashSet<>();
        for (int shard : due) {
            written.remove(shard);
            if (!silent.isEmpty() && silent.contains(drain.serverOf(shard))) {
                continue;
            }
            try {
                drain.settle(shard, Deadline.after(TIMEOUT));
            } catch (RedisFault e) {
                // Other shards may be on a server that answers. Each of this one's would be waited for as long.
                failed = true;
                if (e.isSilence()) {
                    silent.add(drain.serverOf(shard));
                }
                tell(e);
            } catch (RuntimeException e) {
                tell(e);
                return;
            }
        }
        failing = failed;
    }

    private void tell(Exception fault) {
        if (!failing && !closed) {
            LOG.warn("what was decided cannot be posted into the ledger now; trying again", fault);
        }
        failing = true;
    }

    /** Ends the thread, after one last attempt to post what is left. */
    @Override
    public void close() {
        closed = true;
        wake.release();
        try {
            thread.join(LAST_TIMEOUT.toMillis());
            if (!failing) {
                drain.settleAll(Deadline.after(LAST_TIMEOUT));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RedisFault | RuntimeException e) {
            LOG.warn("what was decided last is not in the ledger yet; any node posts it", e);
        }
        thread.interrupt();
    }
}
