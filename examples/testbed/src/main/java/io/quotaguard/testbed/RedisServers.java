package io.quotaguard.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The choice of the Redis that this JVM's tests share.
 *
 * <ol>
 *   <li>{@code QUOTA_TEST_REDIS_URI}: the server at this address. What tests write there stays until it expires.
 *   <li>{@code QUOTA_TEST_BACKEND}: the {@link RedisSource} of this name, such as {@code testcontainers}. Docker is asked
 *       for only so, since looking for it can block for a minute where its socket accepts and never answers.
 *   <li>Otherwise, or with {@code QUOTA_TEST_BACKEND=embedded}: an {@link EmbeddedRedis}.
 * </ol>
 *
 * <p>Every {@link EmbeddedRedis} runs the program at the path in {@code QUOTA_TEST_REDIS_SERVER}, if there is one: so tests
 * run on other versions, and on Valkey.
 */
public final class RedisServers {
    static final String ADDRESS = "QUOTA_TEST_REDIS_URI";
    static final String BACKEND = PostgresServers.BACKEND;
    static final String PROGRAM = "QUOTA_TEST_REDIS_SERVER";

    private static final Logger log = LoggerFactory.getLogger(RedisServers.class);
    private static final String EMBEDDED = "embedded";

    private static @Nullable RedisServer shared;

    private RedisServers() {}

    /**
     * The server that this JVM's tests share, started by the first call and ended with the JVM.
     *
     * @throws TestServerException when the server that was asked for does not start, or its address makes no sense
     */
    public static synchronized RedisServer shared() {
        if (shared == null) {
            shared = choose(
                    System.getenv(),
                    ServiceLoader.load(RedisSource.class),
                    () -> EmbeddedRedis.start().uri());
            log.info("Tests run on {}", shared);
        }
        return shared;
    }

    /** The choice itself, with everything it looks at handed in. */
    static RedisServer choose(
            Map<String, String> environment, Iterable<RedisSource> sources, Supplier<String> embedded) {
        String address = environment.getOrDefault(ADDRESS, "");
        if (!address.isBlank()) {
            return new RedisServer("the Redis of " + ADDRESS, parse(ADDRESS, address.strip()));
        }
        String backend = environment.getOrDefault(BACKEND, "").strip();
        if (backend.isEmpty() || backend.equals(EMBEDDED)) {
            return new RedisServer("embedded Redis", parse("The embedded server", embedded.get()));
        }
        RedisSource source = named(backend, sources);
        Runtime.getRuntime().addShutdownHook(new Thread(source::stop, "test-server-shutdown"));
        return new RedisServer(backend + " Redis", parse("The source " + backend, startOf(source)));
    }

    private static String startOf(RedisSource source) {
        try {
            return source.start();
        } catch (NoClassDefFoundError e) {
            throw new TestServerException(
                    BACKEND + " asks for '" + source.name() + "', whose library is not on the class path: build with -P"
                            + source.name(),
                    e);
        }
    }

    private static RedisSource named(String backend, Iterable<RedisSource> sources) {
        List<String> found = new ArrayList<>(List.of(EMBEDDED));
        for (RedisSource source : sources) {
            if (source.name().equals(backend)) {
                return source;
            }
            found.add(source.name());
        }
        throw new TestServerException(BACKEND + " asks for '" + backend + "', but the class path offers only " + found
                + ". Add the module that provides " + RedisSource.class.getName() + " for it, or unset " + BACKEND);
    }

    private static RedisAddress parse(String origin, String address) {
        try {
            return RedisAddress.parse(address);
        } catch (IllegalArgumentException e) {
            throw new TestServerException(origin + ": " + e.getMessage(), e);
        }
    }
}
