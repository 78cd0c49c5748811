/** The Redis store of QuotaGuard: decides in Redis, in front of a store that keeps the ledger. */
module io.quotaguard.redis {
    requires transitive io.quotaguard.core;
    requires static transitive org.jspecify;
    requires transitive lettuce.core;
    requires org.slf4j;

    exports io.quotaguard.redis;
}
