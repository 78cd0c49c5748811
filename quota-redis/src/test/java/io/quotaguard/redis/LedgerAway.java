package io.quotaguard.redis;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.DelegatingStore;
import java.util.ArrayList;
import java.util.List;

/** A store to decide in front of whose ledger can be away, or lose the answers to posts. Thread-safe. */
final class LedgerAway extends DelegatingStore implements BackingStore {
    private final BackingStore inner;
    private volatile boolean away;
    private volatile boolean losesAnswers;

    LedgerAway(BackingStore inner) {
        super(inner);
        this.inner = inner;
    }

    void away(boolean isAway) {
        away = isAway;
    }

    /** From now on posts are carried out, and nobody learns of it. */
    void losesAnswers(boolean loses) {
        losesAnswers = loses;
    }

    @Override
    public List<Outcome> post(List<Decided> decided, Deadline deadline) {
        List<Outcome> outcomes = new ArrayList<>();
        if (away) {
            QuotaUnavailableException failure = new QuotaUnavailableException("away", null, null, name());
            decided.forEach(each -> outcomes.add(new Outcome.Unavailable(failure, true)));
            return outcomes;
        }
        List<Outcome> posted = inner.post(decided, deadline);
        if (losesAnswers) {
            decided.forEach(each -> outcomes.add(new Outcome.Unknown(new IllegalStateException("lost"))));
            return outcomes;
        }
        return posted;
    }

    @Override
    public boolean remembers(Command command, Deadline deadline) {
        return inner.remembers(command, deadline);
    }
}
