package io.quotaguard.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.quotaguard.model.Alert;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what was decided into the ledger of the store behind this one, shard by shard and in the order of the decisions.
 * Thread-safe.
 *
 * <p>An entry leaves the stream only when the ledger has it. Any node may post any shard, also two at once: everybody begins
 * at the oldest entry, and what is posted already is known there by its key.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final int PAGE = 256;

    private final RedisLink link;
    private final Shards shards;
    private final BackingStore behind;
    private final List<ReentrantLock> turns;
    private final FiredAlerts fired = new FiredAlerts();

    Drain(RedisLink link, Shards shards, BackingStore behind) {
        this.link = link;
        this.shards = shards;
        this.behind = behind;
        this.turns = Stream.generate(ReentrantLock::new).limit(shards.count()).toList();
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
        // What is not in the stream any more is in the ledger.
        if (RedisLink.await(link.ask(on -> on.xlen(shards.streamKey(shard))), deadline) == 0) {
            return;
        }
        ReentrantLock turn = turns.get(shard);
        take(turn, deadline);
        try {
            boolean more = true;
            String last = null;
            while (more) {
                List<StreamMessage<String, byte[]>> page = page(shard, deadline);
                more = page.size() == PAGE;
                if (more && last == null) {
                    last = newest(shard, deadline);
                }
                post(shard, page, deadline);
                more = more && last != null && isBefore(page.get(PAGE - 1).getId(), last);
            }
        } finally {
            turn.unlock();
        }
    }

    /** Posts everything that was decided before this call. */
    void settleAll(Deadline deadline) throws RedisFault {
        for (int shard = 0; shard < shards.count(); shard++) {
            settle(shard, deadline);
        }
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

    private List<StreamMessage<String, byte[]>> page(int shard, Deadline deadline) throws RedisFault {
        return RedisLink.await(
                link.ask(on -> on.xrange(shards.streamKey(shard), Range.unbounded(), Limit.from(PAGE))), deadline);
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

    private void post(int shard, List<StreamMessage<String, byte[]>> page, Deadline deadline) throws RedisFault {
        if (page.isEmpty()) {
            return;
        }
        List<Decided> decided = new ArrayList<>();
        for (StreamMessage<String, byte[]> entry : page) {
            Map<String, byte[]> body = entry.getBody();
            decided.add(new Decided(
                    UseBytes.read(Objects.requireNonNull(body.get("b")), 0),
                    Micros.instant(Ascii.number(Objects.requireNonNull(body.get("t"))))));
        }
        List<Outcome> outcomes = behind.post(decided, deadline);
        List<String> posted = new ArrayList<>();
        Outcome fault = null;
        for (int i = 0; i < page.size() && fault == null; i++) {
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Accepted accepted) {
                fired.add(page.get(i).getId(), accepted.alerts());
                posted.add(page.get(i).getId());
            } else if (outcome instanceof Outcome.Unavailable || outcome instanceof Outcome.Unknown) {
                fault = outcome;
            } else {
                setAside(shard, page.get(i), decided.get(i), outcome, deadline);
                posted.add(page.get(i).getId());
            }
        }
        if (!posted.isEmpty()) {
            RedisLink.await(link.ask(on -> on.xdel(shards.streamKey(shard), posted.toArray(String[]::new))), deadline);
        }
        if (fault != null) {
            throw unavailable(
                    "the ledger of store " + behind.name() + " could not be posted to",
                    fault instanceof Outcome.Unknown unknown
                            ? unknown.cause()
                            : ((Outcome.Unavailable) fault).failure());
        }
    }

    /** Nothing that was allowed is thrown away: what the ledger does not take is kept for people to look at. */
    private void setAside(
            int shard, StreamMessage<String, byte[]> entry, Decided decided, Outcome outcome, Deadline deadline)
            throws RedisFault {
        LOG.error(
                "the ledger of store {} does not take a use of {} with key {}: {}; it is kept in stream {}",
                behind.name(),
                InvalidQuotaArgumentException.escape(
                        decided.command().lines().get(0).subject()),
                InvalidQuotaArgumentException.escape(decided.command().key()),
                outcome,
                shards.refusedKey(shard));
        RedisLink.await(link.ask(on -> on.xadd(shards.refusedKey(shard), entry.getBody())), deadline);
    }

    private static QuotaUnavailableException unavailable(String message, @Nullable Throwable cause) {
        return new QuotaUnavailableException(message, cause, null, RedisQuotaStore.NAME);
    }
}
