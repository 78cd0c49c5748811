package io.quotaguard.torture.faults;

/** One way in which something fails. */
public enum Fault {
    KILL_JVM("a calling process is killed with kill -9, and another takes its place"),
    KILL_JVM_IN_DELIVERY("a calling process dies with an alert in its listener's hands, and another takes its place"),
    KILL_BACKEND("PostgreSQL ends every connection of the callers (pg_terminate_backend)"),
    KILL_POSTGRES("PostgreSQL is killed with kill -9, all processes at once, and started again"),
    PAUSE_POSTGRES("PostgreSQL is stopped for a while (SIGSTOP, SIGCONT)"),
    CUT_POSTGRES("every connection to PostgreSQL is reset"),
    LOSE_REPLY_POSTGRES("PostgreSQL's next reply is thrown away and its connection reset"),
    BLACK_HOLE_POSTGRES("nothing passes to or from PostgreSQL for a while, and then all of it"),
    TEAR_REPLY_POSTGRES("a connection to PostgreSQL is reset in the middle of a reply"),
    THROTTLE_POSTGRES("each connection to PostgreSQL passes 20 kB a second for a while"),
    SLOW_POSTGRES("each way to PostgreSQL takes 40 ms for a while"),
    FULL_DISK("PostgreSQL's disk has no more room for a while"),
    TOO_MANY_CONNECTIONS("PostgreSQL ends every connection, and others take all that it gives, for a while"),
    KILL_REDIS("Redis is killed with kill -9, and started again; of a cluster a master, and its replica takes over"),
    KILL_REDIS_UNPOSTED(
            "PostgreSQL stands still for a while, and then Redis is killed: what it acknowledged meanwhile is nowhere else"),
    PAUSE_REDIS("Redis is stopped for a while (SIGSTOP, SIGCONT); of a cluster a master, and its replica takes over"),
    CUT_REDIS("every connection to Redis is reset"),
    LOSE_REPLY_REDIS("what a script of Redis answers is thrown away and its connection reset"),
    TEAR_REPLY_REDIS("a connection to Redis is reset in the middle of a reply"),
    BLACK_HOLE_REDIS("nothing passes to or from Redis for a while, and then all of it");

    private final String meaning;

    Fault(String meaning) {
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }

    public boolean needsRedis() {
        return name().contains("_REDIS");
    }

    /** Tells whether a server of Redis ends by it. */
    public boolean killsRedis() {
        return this == KILL_REDIS || this == KILL_REDIS_UNPOSTED;
    }
}
