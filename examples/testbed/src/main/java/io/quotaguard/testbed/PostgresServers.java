package io.quotaguard.testbed;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL server that this JVM's tests share: the one whose address stands in {@code QUOTA_TEST_JDBC_URL}, or that of
 * the {@link PostgresSource} which {@code QUOTA_TEST_BACKEND} names, or an {@link EmbeddedPostgres}. Databases made on a server
 * that was named by its address are dropped when the JVM ends.
 */
public final class PostgresServers {
    static final String ADDRESS = "QUOTA_TEST_JDBC_URL";

    static final ServerChoice<PostgresSource, PostgresUrl> CHOICE = new ServerChoice<>(
            "PostgreSQL",
            ADDRESS,
            PostgresSource.class,
            () -> EmbeddedPostgres.start().jdbcUrl(),
            PostgresUrl::parse);

    private static final Logger log = LoggerFactory.getLogger(PostgresServers.class);

    private static @Nullable PostgresServer shared;

    private PostgresServers() {}

    /**
     * The server that this JVM's tests share, started by the first call and ended with the JVM.
     *
     * @throws TestServerException when the server that was asked for is not there or does not start
     */
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = of(CHOICE.choose());
            log.info("Tests run on {}", shared);
        }
        return shared;
    }

    static PostgresServer of(ServerChoice.Chosen<PostgresUrl> chosen) {
        PostgresServer server =
                new PostgresServer(chosen.origin() + " at " + chosen.address(), new FreshDatabases(chosen.address()));
        if (chosen.named()) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::dropDatabases, "test-server-shutdown"));
        }
        return server;
    }
}
