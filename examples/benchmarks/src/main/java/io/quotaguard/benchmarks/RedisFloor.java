package io.quotaguard.benchmarks;

import io.lettuce.core.api.sync.RedisCommands;

/** The floors of whatever asks Redis: one command over Lettuce. They decide nothing. */
final class RedisFloor implements Contender {
    private final RedisUnderTest redis;
    private final Subjects subjects;
    private final KnownAnswers answers;
    private final RedisCommands<String, String> commands;
    private final String prefix;
    private final boolean adds;

    private RedisFloor(Bed bed, boolean adds) {
        this.redis = bed.redis();
        this.subjects = bed.subjects();
        this.answers = new KnownAnswers(subjects);
        this.commands = redis.connection().sync();
        this.prefix = redis.freshNamespace() + ":floor:";
        this.adds = adds;
    }

    /** Reads a counter. */
    static Contender get(Bed bed) {
        return new RedisFloor(bed, false);
    }

    /** Adds to a counter, or adds nothing. */
    static Contender incr(Bed bed) {
        return new RedisFloor(bed, true);
    }

    @Override
    public boolean use(int subject, long units) {
        boolean allowed = answers.allows(subject, units);
        if (adds) {
            commands.incrby(prefix + subject, allowed ? units : 0);
        } else {
            commands.get(prefix + subject);
        }
        return allowed;
    }

    @Override
    public Books books() {
        return new Books(redis.sum(subject -> prefix + subject, subjects.all()), 0);
    }
}
