package io.quotaguard.torture;

import io.quotaguard.torture.faults.Fault;

/** The Redis of a run, one server or several. Addresses are as {@link Stores} takes them. */
interface RedisBackend extends AutoCloseable {
    /** Its address, past what fails. */
    String uri();

    /** Its address for the calling processes. */
    String throughNetwork();

    /** Deletes all that it has. */
    void empty();

    boolean canMake(Fault fault);

    /**
     * Makes a fault, and returns when it is over.
     *
     * @param millis how long it lasts, where it lasts; of a torn reply after how many bytes it comes
     */
    void make(Fault fault, int millis) throws InterruptedException;

    @Override
    void close();
}
