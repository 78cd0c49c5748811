/**
 * The PostgreSQL store: counters, ledger, catalog and alert outbox in one schema of the host's database.
 *
 * <p>Public are the store, its schema's migrations and their exception. SQL lives in the resources beside this package or
 * in text blocks; nothing here knows the front door.
 */
@NullMarked
package io.quotaguard.jdbc;

import org.jspecify.annotations.NullMarked;
