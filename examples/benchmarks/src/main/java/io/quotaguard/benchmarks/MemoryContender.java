package io.quotaguard.benchmarks;

/** One way to ask in this JVM's memory whether a subject may use one more, and to note that it did. Safe for use by several threads. */
@FunctionalInterface
interface MemoryContender extends AutoCloseable {
    /** Returns whether the subject was allowed the unit; {@code call} is another number for each call. */
    boolean use(int subject, long call);

    @Override
    default void close() {}
}
