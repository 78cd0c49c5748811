package io.quotaguard.redis;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.Deadline;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Looks whether the servers can keep counters at all (RELIABILITY, trap 7). */
final class ServerCheck {
    private ServerCheck() {}

    /**
     * Asks every server that takes writes.
     *
     * @throws InvalidQuotaArgumentException when one would throw counters away to make room
     */
    static void check(RedisLink link, Deadline deadline) throws RedisFault {
        for (Map.Entry<String, CompletionStage<String>> server :
                link.infos("memory").entrySet()) {
            String policy = policy(RedisLink.await(server.getValue(), deadline));
            if (!policy.isEmpty() && !policy.equals("noeviction")) {
                throw InvalidQuotaArgumentException.of(
                        "F1",
                        "maxmemory-policy of " + server.getKey(),
                        policy,
                        "throws counters away when memory is short; set maxmemory-policy noeviction, or use a Redis of its own");
            }
        }
    }

    /** Returns what a server says, or nothing when it does not say it. */
    private static String policy(String info) {
        return info.lines()
                .filter(line -> line.startsWith("maxmemory_policy:"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("");
    }
}
