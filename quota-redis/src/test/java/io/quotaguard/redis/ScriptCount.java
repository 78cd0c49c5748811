package io.quotaguard.redis;

import io.quotaguard.testbed.EmbeddedRedis;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the scripts that a Redis was asked for. */
final class ScriptCount {
    private static final Pattern CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

    private ScriptCount() {}

    /** Returns how many it has run since it was started. */
    static long of(EmbeddedRedis redis) {
        Matcher calls = CALLS.matcher(redis.ask("INFO", "commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }
}
