package io.quotaguard.redis.books;

/**
 * A deed and who wrote it down, which is how its writer knows it again. Immutable.
 *
 * @param node a number that no other node has
 * @param request the node's own number of it
 * @param deed what was done
 */
record Signed(long node, long request, Deed<?> deed) {}
