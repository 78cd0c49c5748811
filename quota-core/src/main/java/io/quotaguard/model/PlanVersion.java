package io.quotaguard.model;

import java.time.Instant;

/**
 * One version of a plan and when it came into force. Immutable.
 *
 * @param plan the plan as it was
 * @param savedAt on the store's clock
 */
public record PlanVersion(Plan plan, Instant savedAt) {}
