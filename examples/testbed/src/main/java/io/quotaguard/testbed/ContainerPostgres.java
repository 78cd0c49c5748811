package io.quotaguard.testbed;

import org.jspecify.annotations.Nullable;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container, for {@code QUOTA_TEST_BACKEND=testcontainers}; durable like every server of these tests. */
public final class ContainerPostgres implements PostgresSource {
    private static final String IMAGE = "postgres:18";

    private @Nullable PostgreSQLContainer container;

    /** For the service loader; asks for no container yet. */
    public ContainerPostgres() {}

    @Override
    public String name() {
        return "testcontainers";
    }

    @Override
    public synchronized String start() {
        PostgreSQLContainer started = new PostgreSQLContainer(IMAGE)
                .withCommand("postgres", "-c", "fsync=on", "-c", "jit=off", "-c", "max_connections=200");
        container = started;
        started.start();
        return started.getJdbcUrl() + "&user=" + started.getUsername() + "&password=" + started.getPassword();
    }

    @Override
    public synchronized void stop() {
        if (container != null) {
            container.stop();
        }
    }
}
