package io.quotaguard.model;

/**
 * What one member used of a pool's counter (R40).
 *
 * @param member who used it; the pool itself for a use of its own
 * @param units units added, less those taken back; beyond 64 bits the nearest number of these
 */
public record PoolShare(String member, long units) {}
