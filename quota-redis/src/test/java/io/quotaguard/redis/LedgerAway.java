package io.quotaguard.redis;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.DelegatingStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store to decide in front of whose ledger can be away, lose the answers to posts, or be broken. Thread-safe. */
final class LedgerAway extends DelegatingStore implements BackingStore {
    private final BackingStore inner;
    private volatile boolean away;
    private volatile boolean losesAnswers;
    private volatile @Nullable Error broken;
    private volatile @Nullable String poison;
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger refusedToDrainers = new AtomicInteger();

    LedgerAway(BackingStore inner) {
        super(inner);
        this.inner = inner;
    }

    void away(boolean isAway) {
        away = isAway;
    }

    /** Returns how many posts came while it was away or broken. */
    int refused() {
        return refused.get();
    }

    /** Returns how many of them no caller waited for. */
    int refusedToDrainers() {
        return refusedToDrainers.get();
    }

    /** From now on posts are carried out, and nobody learns of it. */
    void losesAnswers(boolean loses) {
        losesAnswers = loses;
    }

    /** From now on posts throw this; none do when it is null. */
    void broken(@Nullable Error error) {
        broken = error;
    }

    /** From now on it fails on uses with this key, and on no others. */
    void failsOn(String key) {
        poison = key;
    }

    @Override
    public List<Outcome> post(List<Decided> decided, Deadline deadline) {
        Error error = broken;
        if (error != null) {
            refused.incrementAndGet();
            throw error;
        }
        List<Outcome> outcomes = new ArrayList<>();
        if (away) {
            refused.incrementAndGet();
            if (Thread.currentThread().getName().equals(Drainer.THREAD)) {
                refusedToDrainers.incrementAndGet();
            }
            QuotaUnavailableException failure = new QuotaUnavailableException("away", null, null, name());
            decided.forEach(each -> outcomes.add(new Outcome.Unavailable(failure, true)));
            return outcomes;
        }
        if (poison != null) {
            decided.forEach(each -> outcomes.add(postedOrFailed(each, deadline)));
            return outcomes;
        }
        List<Outcome> posted = inner.post(decided, deadline);
        if (losesAnswers) {
            decided.forEach(each -> outcomes.add(new Outcome.Unknown(new IllegalStateException("lost"))));
            return outcomes;
        }
        return posted;
    }

    private Outcome postedOrFailed(Decided use, Deadline deadline) {
        return use.command().key().equals(poison)
                ? new Outcome.Unavailable(new QuotaUnavailableException("poison", null, null, name()), false)
                : inner.post(List.of(use), deadline).get(0);
    }

    @Override
    public boolean remembers(Command command, Deadline deadline) {
        return inner.remembers(command, deadline);
    }
}
