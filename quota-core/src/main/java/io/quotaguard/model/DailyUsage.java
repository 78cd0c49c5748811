package io.quotaguard.model;

import java.time.LocalDate;

/**
 * What one subject used of one feature on one day.
 *
 * @param feature the feature
 * @param day the day, in the zone that was asked for
 * @param units units added, less those taken back
 * @param uses how many uses there were
 */
public record DailyUsage(String feature, LocalDate day, long units, long uses) {}
