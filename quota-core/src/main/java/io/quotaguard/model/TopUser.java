package io.quotaguard.model;

/**
 * How much one subject used of a feature in a span of time.
 *
 * @param units units added, less those taken back; beyond 64 bits the nearest number of these
 * @param uses how many uses there were
 */
public record TopUser(String subject, long units, long uses) {}
