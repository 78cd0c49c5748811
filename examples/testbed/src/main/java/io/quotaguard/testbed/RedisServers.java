package io.quotaguard.testbed;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Redis that this JVM's tests share: the one whose address stands in {@code QUOTA_TEST_REDIS_URI}, or that of the
 * {@link RedisSource} which {@code QUOTA_TEST_BACKEND} names, or an {@link EmbeddedRedis}. What tests write on a server that
 * was named by its address stays until it expires.
 *
 * <p>Every {@link EmbeddedRedis} runs the program at the path in {@code QUOTA_TEST_REDIS_SERVER}, if there is one: so tests
 * run on other versions, and on Valkey.
 */
public final class RedisServers {
    static final String ADDRESS = "QUOTA_TEST_REDIS_URI";
    static final String PROGRAM = "QUOTA_TEST_REDIS_SERVER";

    static final ServerChoice<RedisSource, RedisAddress> CHOICE = new ServerChoice<>(
            "Redis", ADDRESS, RedisSource.class, () -> EmbeddedRedis.start().uri(), RedisAddress::parse);

    private static final Logger log = LoggerFactory.getLogger(RedisServers.class);

    private static @Nullable RedisServer shared;

    private RedisServers() {}

    /**
     * The server that this JVM's tests share, started by the first call and ended with the JVM.
     *
     * @throws TestServerException when the server that was asked for does not start, or its address makes no sense
     */
    public static synchronized RedisServer shared() {
        if (shared == null) {
            ServerChoice.Chosen<RedisAddress> chosen = CHOICE.choose();
            shared = new RedisServer(chosen.origin(), chosen.address());
            log.info("Tests run on {}", shared);
        }
        return shared;
    }
}
