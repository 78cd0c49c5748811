/** Plan quotas enforced inside the application that spends them: the front door, the rules and the in-memory store. */
module io.quotaguard.core {
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    // Only for hosts that keep their plans in a file.
    requires static com.fasterxml.jackson.core;
    requires org.slf4j;

    exports io.quotaguard;
    exports io.quotaguard.alert;
    exports io.quotaguard.lease;
    exports io.quotaguard.memory;
    exports io.quotaguard.model;
    exports io.quotaguard.plan;
    exports io.quotaguard.spi;
    exports io.quotaguard.usage;

    uses io.quotaguard.alert.AlertListener;
}
