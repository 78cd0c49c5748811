package io.quotaguard.testbed;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Redis server that tests share, each in a namespace of its own. Redis has databases by number too, but a cluster has only
 * one, and so has a library that also runs on clusters. A test that empties or stops its server starts an
 * {@link EmbeddedRedis} instead. Safe for use by several threads.
 */
public final class RedisServer {
    private final String origin;
    private final RedisAddress address;
    private final String namespaces = "test-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final AtomicInteger numbers = new AtomicInteger();

    RedisServer(String origin, RedisAddress address) {
        this.origin = origin;
        this.address = address;
    }

    /** The address that clients take, user and password included. */
    public String uri() {
        return address.uri();
    }

    /** The same address in its parts. */
    public RedisAddress address() {
        return address;
    }

    /**
     * A name that no other test, JVM or earlier run has, made of lower-case letters, digits and hyphens. What is written under
     * it stays until it expires or the server ends, since nobody here knows its keys.
     */
    public String freshNamespace() {
        return namespaces + numbers.incrementAndGet();
    }

    /** Which server this is, without its password. */
    @Override
    public String toString() {
        return origin + " at " + address;
    }
}
