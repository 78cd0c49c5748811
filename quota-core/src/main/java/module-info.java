/** Plan quotas enforced inside the application that spends them: the front door, the rules and the in-memory store. */
module io.quotaguard.core {
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    requires org.slf4j;
}
