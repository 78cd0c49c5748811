/**
 * The PostgreSQL store: counters, ledger, catalog and alerts in the host's database, over the host's data source.
 *
 * <p>Few public types: the store and its schema. SQL stands whole in {@code .sql} files and text blocks. The store sees
 * the nouns and the store contract of the core and no other room of it, so that it can be judged by the contract alone.
 */
@NullMarked
package io.quotaguard.jdbc;

import org.jspecify.annotations.NullMarked;
