/**
 * The books of a Redis that has no other store behind it: catalog, ledger, audit and alerts, kept as a journal of what was
 * done. Every node carries the journal out in the same order, in a memory store of its own, and so comes to the same books.
 *
 * <p>Nothing here is meant for hosts; {@code RedisQuotaStore.alone} opens the books.
 */
@NullMarked
package io.quotaguard.redis.books;

import org.jspecify.annotations.NullMarked;
