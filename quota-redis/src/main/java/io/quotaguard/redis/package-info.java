/**
 * The room of the Redis store: hot counters in Redis, in front of a store that keeps catalog, ledger and alerts.
 *
 * <p>Lua stands in {@code .lua} files, Lettuce is seen from here and nowhere else, and of the core only the nouns and the
 * store contract are used: the store behind is whatever implements {@link io.quotaguard.spi.BackingStore}. A Redis that is
 * alone has its books behind it, which are a room of their own.
 */
@NullMarked
package io.quotaguard.redis;

import org.jspecify.annotations.NullMarked;
