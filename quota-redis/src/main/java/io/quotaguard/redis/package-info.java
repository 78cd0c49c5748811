/**
 * The room of the Redis store: hot counters in Redis, one script a shard and batch.
 *
 * <p>It holds no store yet, only the module's name and its place among the others. Lua will stand in {@code .lua} files,
 * Lettuce will be seen from here and nowhere else, and of the core only the nouns and the store contract may be used.
 */
@NullMarked
package io.quotaguard.redis;

import org.jspecify.annotations.NullMarked;
