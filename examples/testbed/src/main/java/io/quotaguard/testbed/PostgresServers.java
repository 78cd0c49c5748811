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
 * The choice of the server that this JVM's tests share.
 *
 * <ol>
 *   <li>{@code QUOTA_TEST_JDBC_URL}: the server at this address; databases made on it are dropped when the JVM ends.
 *   <li>{@code QUOTA_TEST_BACKEND}: the {@link PostgresSource} of this name, such as {@code testcontainers}. Docker is
 *       asked for only so, since looking for it can block for a minute where its socket accepts and never answers.
 *   <li>Otherwise, or with {@code QUOTA_TEST_BACKEND=embedded}: an {@link EmbeddedPostgres}.
 * </ol>
 */
public final class PostgresServers {
    static final String ADDRESS = "QUOTA_TEST_JDBC_URL";
    static final String BACKEND = "QUOTA_TEST_BACKEND";

    private static final Logger log = LoggerFactory.getLogger(PostgresServers.class);
    private static final String EMBEDDED = "embedded";

    private static @Nullable PostgresServer shared;

    private PostgresServers() {}

    /**
     * The server that this JVM's tests share, started by the first call and ended with the JVM.
     *
     * @throws TestServerException when the server that was asked for is not there or does not start
     */
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = choose(
                    System.getenv(),
                    ServiceLoader.load(PostgresSource.class),
                    () -> EmbeddedPostgres.start().jdbcUrl());
            log.info("Tests run on {}", shared);
        }
        return shared;
    }

    /** The choice itself, with everything it looks at handed in. */
    static PostgresServer choose(
            Map<String, String> environment, Iterable<PostgresSource> sources, Supplier<String> embedded) {
        String address = environment.getOrDefault(ADDRESS, "");
        if (!address.isBlank()) {
            PostgresUrl url = parse(ADDRESS, address);
            PostgresServer server =
                    new PostgresServer("the PostgreSQL of " + ADDRESS + " at " + url, new FreshDatabases(url));
            atShutdown(server::dropDatabases);
            return server;
        }
        String backend = environment.getOrDefault(BACKEND, "").strip();
        if (backend.isEmpty() || backend.equals(EMBEDDED)) {
            PostgresUrl url = parse("The embedded server", embedded.get());
            return new PostgresServer("embedded PostgreSQL at " + url, new FreshDatabases(url));
        }
        PostgresSource source = named(backend, sources);
        atShutdown(source::stop);
        PostgresUrl url = parse("The source " + backend, startOf(source));
        return new PostgresServer(backend + " PostgreSQL at " + url, new FreshDatabases(url));
    }

    private static String startOf(PostgresSource source) {
        try {
            return source.start();
        } catch (NoClassDefFoundError e) {
            throw new TestServerException(
                    BACKEND + " asks for '" + source.name() + "', whose library is not on the class path: build with -P"
                            + source.name(),
                    e);
        }
    }

    private static PostgresSource named(String backend, Iterable<PostgresSource> sources) {
        List<String> found = new ArrayList<>(List.of(EMBEDDED));
        for (PostgresSource source : sources) {
            if (source.name().equals(backend)) {
                return source;
            }
            found.add(source.name());
        }
        throw new TestServerException(BACKEND + " asks for '" + backend + "', but the class path offers only " + found
                + ". Add the module that provides " + PostgresSource.class.getName() + " for it, or unset " + BACKEND);
    }

    private static PostgresUrl parse(String origin, String address) {
        try {
            return PostgresUrl.parse(address);
        } catch (IllegalArgumentException e) {
            throw new TestServerException(origin + ": " + e.getMessage(), e);
        }
    }

    private static void atShutdown(Runnable action) {
        Runtime.getRuntime().addShutdownHook(new Thread(action, "test-server-shutdown"));
    }
}
