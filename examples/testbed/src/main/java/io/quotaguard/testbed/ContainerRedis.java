package io.quotaguard.testbed;

import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;

/** Redis in a container, for {@code QUOTA_TEST_BACKEND=testcontainers}; with the settings of {@link EmbeddedRedis}. */
public final class ContainerRedis implements RedisSource {
    private static final String IMAGE = "redis:7.4";
    private static final int PORT = 6379;

    private @Nullable GenericContainer<?> container;

    /** For the service loader; asks for no container yet. */
    public ContainerRedis() {}

    @Override
    public String name() {
        return "testcontainers";
    }

    @Override
    public synchronized String start() {
        GenericContainer<?> started = new GenericContainer<>(IMAGE)
                .withExposedPorts(PORT)
                .withCommand("redis-server", "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction");
        container = started;
        started.start();
        return RedisAddress.of(started.getHost(), started.getMappedPort(PORT)).uri();
    }

    @Override
    public synchronized void stop() {
        if (container != null) {
            container.stop();
        }
    }
}
