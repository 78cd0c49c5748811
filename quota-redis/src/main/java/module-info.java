/** The Redis store of QuotaGuard. */
module io.quotaguard.redis {
    requires transitive io.quotaguard.core;
    requires static transitive org.jspecify;
    requires lettuce.core;
}
