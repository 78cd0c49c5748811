package io.quotaguard.model;

import java.time.LocalDate;

/**
 * What one subject used of one feature on one day, or in one week or month.
 *
 * @param feature the feature
 * @param start the first day
 * @param units units added, less those taken back; beyond 64 bits the nearest number of these
 * @param uses how many uses there were
 * @param overage units above the limit among them, less those taken back (R41)
 */
public record PeriodUsage(String feature, LocalDate start, long units, long uses, long overage) {}
