package io.quotaguard.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.quotaguard.model.Alert;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Posts what was decided into the ledger of the store behind this one, shard by shard and in the order of the decisions.
 * Thread-safe.
 *
 * <p>An entry leaves the stream only when the ledger has it. Any node may post any shard, also two at once: everybody begins
 * at the oldest entry, and what is posted already is known there by its key.
 */
final class Drain {
    private static final int PAGE = 256;

    /** No post is waited for longer, whatever the caller's deadline is. */
    private static final Duration LONGEST_POST = Duration.ofSeconds(10);

    /** So long after Redis lost its state, everything that was on its way from there is in the ledger, or never comes there. */
    static final Duration ON_THE_WAY = LONGEST_POST.plus(Fences.GRACE);

    private final RedisLink link;
    private final Shards shards;
    private final Epochs epochs;
    private final BackingStore behind;
    private final List<Turn> turns;
    private final FiredAlerts fired = new FiredAlerts();
    private final PostPause pause = new PostPause();

    Drain(RedisLink link, Scripts scripts, Shards shards, Epochs epochs, BackingStore behind) {
        this.link = link;
        this.shards = shards;
        this.epochs = epochs;
        this.behind = behind;
        this.turns = IntStream.range(0, shards.count())
                .mapToObj(shard -> new Turn(new SetAside(
                        link,
                        scripts.setAside,
                        new String[] {shards.streamKey(shard), shards.refusedKey(shard)},
                        behind.name())))
                .toList();
    }

    /** Returns the pause that whoever need not post now makes after a failure. */
    PostPause pause() {
        return pause;
    }

    /** Returns the alerts that posting an entry fired here, and forgets them. */
    List<Alert> alertsOf(String entry) {
        return fired.take(entry);
    }

    /**
     * Posts everything that was decided in a shard before this call.
     *
     * @throws QuotaUnavailableException when it cannot be done before the deadline
     */
    void settle(int shard, Deadline deadline) throws RedisFault {
        Turn turn = turns.get(shard);
        long begunBefore = turn.begun;
        // What is not in the stream any more is in the ledger, or Redis lost it and it is on its way there from here.
        take(turn.lock, deadline);
        try {
            if (turn.done <= begunBefore) {
                long run = turn.begun + 1;
                turn.begun = run;
                renewOwed(shard, turn, deadline);
                postAll(shard, turn, deadline);
                turn.done = run;
            }
        } finally {
            turn.lock.unlock();
        }
    }

    /**
     * Whose turn it is to post a shard. Who waited for it need not post again when a run that has ended began after he came.
     */
    private static final class Turn {
        final ReentrantLock lock = new ReentrantLock();
        final SetAside setAside;
        /** How many runs have begun, and the number of the last that posted all. Written under the lock. */
        volatile long begun;

        volatile long done;

        /**
         * When the shard was begun as what was posted last was read from it, until Redis has confirmed that it was told of
         * the posting. Guarded by the lock.
         */
        byte @Nullable [] owed;

        Turn(SetAside setAside) {
            this.setAside = setAside;
        }
    }

    /**
     * Tells Redis what it could not be told when the last post had ended: it may have lost its state since, and another node
     * have loaded subjects without what was posted.
     */
    private void renewOwed(int shard, Turn turn, Deadline deadline) throws RedisFault {
        byte[] owed = turn.owed;
        if (owed != null) {
            RedisLink.await(epochs.renewSince(shard, owed), deadline);
            turn.owed = null;
        }
    }

    private void postAll(int shard, Turn turn, Deadline deadline) throws RedisFault {
        CompletionStage<byte[]> begunThen = epochs.begun(shard);
        List<StreamMessage<String, byte[]>> page = RedisLink.await(page(shard, Range.unbounded()), deadline);
        if (page.isEmpty()) {
            return;
        }
        byte[] begun = Epochs.begun(begunThen, deadline);
        List<CompletionStage<Long>> sent = new ArrayList<>();
        turn.owed = begun;
        try {
            if (page.size() == PAGE) {
                postUntil(newest(shard, deadline), shard, page, sent, deadline);
            } else {
                sent.addAll(post(shard, page, deadline));
            }
        } finally {
            // Another node may have loaded subjects while what Redis has lost since was on its way.
            sent.add(epochs.renewSince(shard, begun));
        }
        for (CompletionStage<Long> each : sent) {
            RedisLink.await(each, deadline);
        }
        turn.owed = null;
    }

    /** Posts a page and what comes after it, up to an entry. Each page is read while the one before it is posted. */
    private void postUntil(
            String last,
            int shard,
            List<StreamMessage<String, byte[]>> first,
            List<CompletionStage<Long>> sent,
            Deadline deadline)
            throws RedisFault {
        List<StreamMessage<String, byte[]>> page = first;
        while (!page.isEmpty() && !isBefore(last, page.get(0).getId())) {
            CompletionStage<List<StreamMessage<String, byte[]>>> next = page.size() < PAGE
                    ? CompletableFuture.completedStage(List.of())
                    : page(shard, after(page.get(PAGE - 1).getId()));
            sent.addAll(post(shard, page, deadline));
            page = RedisLink.await(next, deadline);
        }
    }

    private static Range<String> after(String entry) {
        return Range.from(Range.Boundary.excluding(entry), Range.Boundary.unbounded());
    }

    /** Posts everything that was decided before this call. */
    void settleAll(Deadline deadline) throws RedisFault {
        for (int shard = 0; shard < shards.count(); shard++) {
            settle(shard, deadline);
        }
    }

    /** Returns which server a shard is on, as far as is known. */
    String serverOf(int shard) {
        return link.nodeOf(shards.streamKey(shard));
    }

    private static void take(ReentrantLock turn, Deadline deadline) {
        try {
            if (turn.tryLock(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw unavailable("the ledger was being posted to until the time was up (R45)", null);
    }

    private CompletionStage<List<StreamMessage<String, byte[]>>> page(int shard, Range<String> range) {
        return link.ask(on -> on.xrange(shards.streamKey(shard), range, Limit.from(PAGE)));
    }

    private String newest(int shard, Deadline deadline) throws RedisFault {
        List<StreamMessage<String, byte[]>> newest = RedisLink.await(
                link.ask(on -> on.xrevrange(shards.streamKey(shard), Range.unbounded(), Limit.from(1))), deadline);
        return newest.isEmpty() ? "0-0" : newest.get(0).getId();
    }

    private static boolean isBefore(String entry, String other) {
        String[] one = entry.split("-", 2);
        String[] two = other.split("-", 2);
        int order = Long.compare(Long.parseLong(one[0]), Long.parseLong(two[0]));
        return order != 0 ? order < 0 : Long.parseLong(one[1]) < Long.parseLong(two[1]);
    }

    /**
     * Posts a page, and has what the ledger has deleted from the stream.
     *
     * @throws QuotaUnavailableException when it has not taken all; what it took is deleted nevertheless, so that one entry does
     *     not keep those behind it from being posted
     */
    private List<CompletionStage<Long>> post(int shard, List<StreamMessage<String, byte[]>> page, Deadline deadline) {
        List<String> entries = new ArrayList<>();
        List<Decided> decided = new ArrayList<>();
        Throwable fault = null;
        for (StreamMessage<String, byte[]> entry : page) {
            try {
                decided.add(read(entry.getBody()));
                entries.add(entry.getId());
            } catch (RuntimeException e) {
                // Another version wrote it, and posts it.
                fault = e;
            }
        }
        List<Outcome> outcomes = decided.isEmpty() ? List.of() : told(decided, deadline);
        boolean takesSome = outcomes.stream().anyMatch(outcome -> outcome instanceof Outcome.Accepted);
        SetAside setAside = turns.get(shard).setAside;
        List<CompletionStage<Long>> sent = new ArrayList<>();
        List<String> posted = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Accepted accepted) {
                fired.add(entries.get(i), accepted.alerts());
                posted.add(entries.get(i));
            } else if (setAside.isHopeless(entries.get(i), outcome, takesSome)) {
                sent.add(setAside.move(entries.get(i), decided.get(i).command(), outcome));
            } else if (fault == null) {
                fault = cause(outcome);
            }
        }
        if (takesSome) {
            sent.add(link.ask(on -> on.xdel(shards.streamKey(shard), posted.toArray(String[]::new))));
            pause.end();
        }
        if (fault != null) {
            throw notPosted(fault);
        }
        return sent;
    }

    private static Decided read(Map<String, byte[]> body) {
        return new Decided(
                UseBytes.read(Objects.requireNonNull(body.get("b")), 0),
                Micros.instant(Ascii.number(Objects.requireNonNull(body.get("t")))));
    }

    private static Throwable cause(Outcome outcome) {
        return outcome instanceof Outcome.Unknown unknown ? unknown.cause() : ((Outcome.Unavailable) outcome).failure();
    }

    /** Tells the ledger. Its store is the host's, and may throw anything: no thread ends by it. */
    private List<Outcome> told(List<Decided> decided, Deadline deadline) {
        try {
            return behind.post(decided, bounded(deadline));
        } catch (QuotaException e) {
            throw e;
        } catch (Throwable e) {
            throw notPosted(e);
        }
    }

    private QuotaUnavailableException notPosted(Throwable cause) {
        return unavailable("the ledger of store " + behind.name() + " could not be posted to", cause);
    }

    /** Returns the deadline, or a nearer one. */
    private static Deadline bounded(Deadline deadline) {
        return deadline.remaining().compareTo(LONGEST_POST) > 0 ? Deadline.after(LONGEST_POST) : deadline;
    }

    private static QuotaUnavailableException unavailable(String message, @Nullable Throwable cause) {
        return new QuotaUnavailableException(message, cause, null, RedisQuotaStore.NAME);
    }
}
