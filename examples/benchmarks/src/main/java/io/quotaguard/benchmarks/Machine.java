package io.quotaguard.benchmarks;

/** What a reader should know about the machine that a benchmark ran on. */
final class Machine {
    static final String DESCRIPTION = Runtime.getRuntime().availableProcessors() + " cores, Java " + Runtime.version()
            + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch");

    private Machine() {}
}
