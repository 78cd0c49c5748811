package io.quotaguard.quickstart;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.redis.ReplayClock;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A Redis that decides, in front of a PostgreSQL that keeps the ledger; both are started for the run. */
final class RedisBackend implements Backend {
    private final Deque<Runnable> closing;
    private final PostgresBackend ledger;
    private final ReplayClock clock;
    private final QuotaStore store;

    private RedisBackend(Deque<Runnable> closing, PostgresBackend ledger, ReplayClock clock, QuotaStore store) {
        this.closing = closing;
        this.ledger = ledger;
        this.clock = clock;
        this.store = store;
    }

    /** Starts both servers, whose data go with {@link #close()}. */
    static RedisBackend embedded(Instant start) {
        Deque<Runnable> closing = new ArrayDeque<>();
        try {
            PostgresBackend ledger = PostgresBackend.embedded(start);
            closing.push(ledger::close);
            EmbeddedRedis server = EmbeddedRedis.start();
            closing.push(server::close);
            RedisClient client = RedisClient.create();
            closing.push(client::shutdown);
            RedisURI uri = RedisURI.create(server.uri());
            ReplayClock clock = new ReplayClock(client, uri);
            clock.set(start);
            QuotaStore store = clock.shownTo(RedisQuotaStore.inFrontOf(ledger.store(), client, uri))
                    .build();
            closing.push(store::close);
            return new RedisBackend(closing, ledger, clock, store);
        } catch (RuntimeException e) {
            closing.forEach(Runnable::run);
            throw e;
        }
    }

    @Override
    public QuotaStore store() {
        return store;
    }

    @Override
    public void moveTo(Instant time) {
        // The ledger's first: nothing comes to it from a time that it does not know yet.
        ledger.moveTo(time);
        clock.set(time);
    }

    /** A charge that Redis decides is not part of a commit in PostgreSQL. */
    @Override
    public Publications publications() {
        return Publications.ONLY_CHARGED;
    }

    @Override
    public Optional<CrashReport> crashes() {
        return Optional.empty();
    }

    @Override
    public List<String> facts() {
        return List.of(
                "started for this run, in front of " + ledger.facts().get(0),
                "the scripts are told the log's time, and " + ledger.facts().get(1));
    }

    /** Frees what was opened, the last first. */
    @Override
    public void close() {
        closing.forEach(Runnable::run);
        closing.clear();
    }
}
