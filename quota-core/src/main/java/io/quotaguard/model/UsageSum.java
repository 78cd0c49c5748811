package io.quotaguard.model;

/**
 * What one subject used of one feature in one span of time.
 *
 * @param feature the feature
 * @param span which of the spans asked for, from 0
 * @param units units added, less those taken back; beyond 64 bits the nearest number of these
 * @param uses how many uses there were
 * @param overage units above the limit among them, less those taken back (R41)
 */
public record UsageSum(String feature, int span, long units, long uses, long overage) {}
