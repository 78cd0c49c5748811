package io.quotaguard.jdbc;

import io.quotaguard.testbed.PostgresSource;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container, for {@code QUOTA_TEST_BACKEND=testcontainers}; durable like every server of these tests. */
public final class ContainerSource implements PostgresSource {
    private static final String IMAGE = "postgres:18";

    private final PostgreSQLContainer container = new PostgreSQLContainer(IMAGE)
            .withCommand("postgres", "-c", "fsync=on", "-c", "jit=off", "-c", "max_connections=200");

    @Override
    public String name() {
        return "testcontainers";
    }

    @Override
    public String start() {
        container.start();
        return container.getJdbcUrl() + "&user=" + container.getUsername() + "&password=" + container.getPassword();
    }

    @Override
    public void stop() {
        container.stop();
    }
}
