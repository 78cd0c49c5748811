package io.quotaguard.memory;

import java.time.InstantSource;

/**
 * What a turn works with. Immutable; its parts are thread-safe.
 *
 * @param clock the store's clock (R19)
 * @param meters counters, keys and ledger
 * @param catalog what is in force
 * @param alerts the outbox
 * @param grace when nobody decides any more by terms that everyone had and that were changed
 */
record StoreParts(InstantSource clock, Meters meters, CatalogState catalog, MemoryAlerts alerts, GracePeriod grace) {}
