package io.quotaguard.benchmarks;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;

/** What one writes first on Redis: a script that compares and adds. It keeps a count and nothing else. */
final class LuaContender implements Contender {
    private static final String SCRIPT = """
            local used = tonumber(redis.call('GET', KEYS[1]) or '0')
            if used + tonumber(ARGV[1]) > tonumber(ARGV[2]) then
              return 0
            end
            redis.call('INCRBY', KEYS[1], ARGV[1])
            return 1
            """;

    private final RedisUnderTest redis;
    private final Subjects subjects;
    private final RedisCommands<String, String> commands;
    private final String prefix;
    private final String digest;

    LuaContender(Bed bed) {
        redis = bed.redis();
        subjects = bed.subjects();
        commands = redis.connection().sync();
        prefix = redis.freshNamespace() + ":lua:";
        digest = commands.scriptLoad(SCRIPT);
    }

    @Override
    public boolean use(int subject, long units) {
        Long added = commands.evalsha(
                digest,
                ScriptOutputType.INTEGER,
                new String[] {prefix + subject},
                Long.toString(units),
                Long.toString(subjects.limit(subject)));
        return added == 1;
    }

    @Override
    public Books books() {
        return new Books(redis.sum(subject -> prefix + subject, subjects.all()), 0);
    }
}
