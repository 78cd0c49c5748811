package io.quotaguard.quickstart;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.redis.ReplayClock;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Redis that decides, in front of a PostgreSQL that keeps the ledger or with nothing behind it; started for the run. */
final class RedisBackend implements Backend {
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final List<Consumer<Instant>> clocks = new ArrayList<>();
    private final List<String> facts;
    private final QuotaStore store;

    private RedisBackend(Instant start, @Nullable PostgresBackend ledger) {
        try {
            if (ledger != null) {
                closing.push(ledger::close);
                // The ledger's first: nothing comes to it from a time that it does not know yet.
                clocks.add(ledger::moveTo);
            }
            EmbeddedRedis server = EmbeddedRedis.start();
            closing.push(server::close);
            RedisClient client = RedisClient.create();
            closing.push(client::shutdown);
            RedisURI uri = RedisURI.create(server.uri());
            ReplayClock clock = new ReplayClock(client, uri);
            clock.set(start);
            clocks.add(clock::set);
            store = clock.shownTo(
                            ledger == null
                                    ? RedisQuotaStore.alone(client, uri).beginIfEmpty()
                                    : RedisQuotaStore.inFrontOf(ledger.store(), client, uri))
                    .build();
            closing.push(store::close);
            facts = ledger == null
                    ? List.of("started for this run, with nothing behind it", "the scripts are told the log's time")
                    : List.of(
                            "started for this run, in front of "
                                    + ledger.facts().get(0),
                            "the scripts are told the log's time, and "
                                    + ledger.facts().get(1));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts both servers, whose data go with {@link #close()}. */
    static RedisBackend embedded(Instant start) {
        return new RedisBackend(start, PostgresBackend.embedded(start));
    }

    /** Starts a Redis that keeps everything itself; its data go with {@link #close()}. */
    static RedisBackend alone(Instant start) {
        return new RedisBackend(start, null);
    }

    @Override
    public QuotaStore store() {
        return store;
    }

    @Override
    public void moveTo(Instant time) {
        clocks.forEach(clock -> clock.accept(time));
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
        return facts;
    }

    /** Frees what was opened, the last first. */
    @Override
    public void close() {
        closing.forEach(Runnable::run);
        closing.clear();
    }
}
