package io.quotaguard.redis;

import io.quotaguard.model.Alert;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
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
 * behind. After a post that failed it waits, however many uses are decided; who needs an empty stream posts past it.
 * Thread-safe.
 */
final class Drainer implements AutoCloseable {
    static final String THREAD = "quota-redis-drain";
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
    /** Shards that could not be posted, until the next round. Of the thread alone, as what follows. */
    private final Set<Integer> resting = new HashSet<>();

    /** The shard that is posted first. */
    private int first;

    /** Whether it is logged that posting fails; a caller who waited in vain sets {@link #failing} alone. */
    private boolean told;

    private volatile boolean failing;
    private volatile boolean closed;

    Drainer(Drain drain, int shards) {
        this.drain = drain;
        this.shards = shards;
        this.thread = new Thread(this::run, THREAD);
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
     * now or in time, or another node posts the entry: they reach their listeners all the same, from the outbox.
     */
    List<Alert> alertsOf(int shard, String entry, Deadline deadline) {
        if (failing) {
            wake(shard);
            return List.of();
        }
        try {
            drain.settle(shard, deadline);
            return drain.alertsOf(entry);
        } catch (RedisFault | RuntimeException | Error e) {
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
                drain.pause().await();
            } catch (InterruptedException e) {
                return;
            }
            long begun = System.nanoTime();
            boolean all = begun - lastRound >= ROUND.toNanos();
            lastRound = all ? begun : lastRound;
            settle(all);
            took = System.nanoTime() - begun;
        }
    }

    private static long gathering(long tookNanos) {
        return Math.max(GATHERING.toNanos(), Math.min(LONGEST_GATHERING.toNanos(), tookNanos));
    }

    private void settle(boolean all) {
        if (all) {
            resting.clear();
        }
        Set<String> silent = new HashSet<>();
        for (int shard : due(all)) {
            if (resting.contains(shard)) {
                continue;
            } else if (!silent.isEmpty() && silent.contains(drain.serverOf(shard))) {
                resting.add(shard);
                continue;
            }
            written.remove(shard);
            try {
                drain.settle(shard, Deadline.after(TIMEOUT));
            } catch (RedisFault e) {
                // Other shards may be on a server that answers. Each of this one's would be waited for as long.
                if (e.isSilence()) {
                    silent.add(drain.serverOf(shard));
                }
                resting.add(shard);
                written.add(shard);
                tell(e);
            } catch (RuntimeException | Error e) {
                // Those of other shards would not be taken either; and if they would, this one must not hold them up.
                first = shard + 1;
                tell(e);
                drain.pause().begin();
                wake(shard);
                return;
            }
        }
        told = !resting.isEmpty();
        failing = told;
    }

    private List<Integer> due(boolean all) {
        return IntStream.range(0, shards)
                .mapToObj(n -> (first + n) % shards)
                .filter(shard -> all || written.contains(shard))
                .toList();
    }

    private void tell(Throwable fault) {
        if (!told && !closed) {
            LOG.warn("what was decided cannot be posted into the ledger now; trying again", fault);
        }
        told = true;
        failing = true;
    }

    /** Ends the thread, after one last attempt to post what is left. */
    @Override
    public void close() {
        closed = true;
        drain.pause().end();
        wake.release();
        try {
            thread.join(LAST_TIMEOUT.toMillis());
            drain.settleAll(Deadline.after(LAST_TIMEOUT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RedisFault | RuntimeException | Error e) {
            LOG.warn("what was decided last is not in the ledger yet; any node posts it", e);
        }
        thread.interrupt();
    }
}
