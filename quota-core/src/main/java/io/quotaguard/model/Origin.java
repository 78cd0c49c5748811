package io.quotaguard.model;

/**
 * On whose behalf a counter was charged: a pool is charged for its member's use, a credit feature for the feature that
 * draws from it. Immutable.
 *
 * @param subject the subject of the use
 * @param feature the feature of the use
 * @param rate units of this counter for each unit of the use, at least 1
 */
public record Origin(String subject, String feature, long rate) {}
