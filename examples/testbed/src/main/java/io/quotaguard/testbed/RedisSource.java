package io.quotaguard.testbed;

/**
 * A kind of Redis that tests can be run on, found by {@link java.util.ServiceLoader} and used only when
 * {@code QUOTA_TEST_BACKEND} has its name; the twin of {@link PostgresSource}, and bound to the same. Implementations have a
 * public constructor without parameters; each is started at most once per JVM.
 */
public interface RedisSource {
    /** The name under which it is asked for, such as {@code testcontainers}. */
    String name();

    /**
     * Starts a server and returns when it accepts connections.
     *
     * @return its address, of the form that {@link RedisAddress} takes apart
     */
    String start();

    /** Ends the server; called when the JVM ends. */
    void stop();
}
