package io.quotaguard.testbed;

/**
 * A kind of server that tests can be run on, found by {@link java.util.ServiceLoader} and used only when
 * {@code QUOTA_TEST_BACKEND} has its name. What it needs, such as a container library, is not on the class path of other
 * runs, so an implementation touches it in {@link #start} and not before. It has a public constructor without parameters and
 * is started at most once per JVM.
 */
public interface ServerSource {
    /** The name under which it is asked for, such as {@code testcontainers}. */
    String name();

    /**
     * Starts a server and returns when it accepts connections.
     *
     * @return its address
     */
    String start();

    /** Ends the server; called when the JVM ends. */
    void stop();
}
