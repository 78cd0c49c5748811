package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaCapacityException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was decided in a shard and the ledger does not take: nothing that was allowed is thrown away, and nothing else waits
 * for it. Used by one thread at a time.
 */
final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    /** So often the ledger has to fail on an entry while it takes others: a few seconds, as the drainer tries. */
    private static final int MOST_FAILURES = 20;

    /** Entries that others post or set aside are not heard of again. */
    private static final int MOST_WATCHED = 10_000;

    private final RedisLink link;
    private final Script script;
    private final String[] streams;
    private final String ledger;
    private final Map<String, Integer> failures = new HashMap<>();

    /**
     * @param streams of what is to be posted, and of what is set aside
     * @param ledger the name of the store that keeps it
     */
    SetAside(RedisLink link, Script script, String[] streams, String ledger) {
        this.link = link;
        this.script = script;
        this.streams = streams.clone();
        this.ledger = ledger;
    }

    /**
     * Tells whether an entry will never be taken: the ledger refused it for good, or has failed on it again and again though it
     * took others, and not for want of room.
     *
     * @param takesOthers whether it took something of the same post
     */
    boolean isHopeless(String entry, Outcome outcome, boolean takesOthers) {
        if (outcome instanceof Outcome.Unknown) {
            return false;
        } else if (!(outcome instanceof Outcome.Unavailable failure)) {
            return true;
        } else if (!takesOthers || failure.retryable() || failure.failure() instanceof QuotaCapacityException) {
            return false;
        }
        if (failures.size() == MOST_WATCHED) {
            failures.clear();
        }
        return failures.merge(entry, 1, Integer::sum) >= MOST_FAILURES;
    }

    /** Sets an entry aside. */
    CompletionStage<Long> move(String entry, Command command, Outcome outcome) {
        LOG.error(
                "the ledger of store {} does not take a use of {} with key {}: {}; it is kept in stream {}",
                ledger,
                InvalidQuotaArgumentException.escape(command.lines().get(0).subject()),
                InvalidQuotaArgumentException.escape(command.key()),
                outcome,
                streams[1]);
        return link.run(script, ScriptOutputType.INTEGER, streams, Ascii.of(entry));
    }
}
