package io.quotaguard.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;

/** Addresses whose servers are left soon when they take a connection and stand still, so that their successors are found. */
final class ShortHandshake {
    private ShortHandshake() {}

    /** Returns a copy of an address by which no server, and none of its sentinels, is waited for longer than that. */
    static RedisURI of(RedisURI uri, Duration longest) {
        Duration timeout = uri.getTimeout();
        boolean isLonger = timeout.isZero() || timeout.compareTo(longest) > 0;
        RedisURI.Builder copy = RedisURI.builder(uri).withTimeout(isLonger ? longest : timeout);
        // Of these the builder takes over nothing.
        uri.getSentinels().forEach(sentinel -> copy.withSentinel(of(sentinel, longest)));
        if (uri.getSentinelMasterId() != null) {
            copy.withSentinelMasterId(uri.getSentinelMasterId());
        }
        return copy.build();
    }
}
