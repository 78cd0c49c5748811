package io.quotaguard.redis;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.Deadline;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether the servers can keep counters at all (RELIABILITY, trap 7). */
final class ServerCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);

    private ServerCheck() {}

    /**
     * Asks every server that takes writes.
     *
     * @throws InvalidQuotaArgumentException when one would throw counters away to make room
     */
    static void check(RedisLink link, Deadline deadline) throws RedisFault {
        for (Map.Entry<String, CompletionStage<String>> server :
                link.infos("memory").entrySet()) {
            String policy = said("maxmemory_policy", RedisLink.await(server.getValue(), deadline));
            if (!policy.isEmpty() && !policy.equals("noeviction")) {
                throw InvalidQuotaArgumentException.of(
                        "F1",
                        "maxmemory-policy of " + server.getKey(),
                        policy,
                        "throws counters away when memory is short; set maxmemory-policy noeviction, or use a Redis of its own");
            }
        }
    }

    /** Warns of a server that keeps what it is told in memory alone, when nothing else keeps it. */
    static void adviseOnFiles(RedisLink link, Deadline deadline) throws RedisFault {
        for (Map.Entry<String, CompletionStage<String>> server :
                link.infos("persistence").entrySet()) {
            if (said("aof_enabled", RedisLink.await(server.getValue(), deadline))
                    .equals("0")) {
                LOG.warn(
                        "{} has no append-only file, and nothing is behind this store: a restart loses plans, counters and"
                                + " ledger, or all since its last snapshot. Set appendonly yes (F1)",
                        server.getKey());
            }
        }
    }

    /** Returns what a server says, or nothing when it does not say it. */
    private static String said(String what, String info) {
        return info.lines()
                .filter(line -> line.startsWith(what + ":"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("");
    }
}
