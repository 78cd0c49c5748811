package io.quotaguard.plan;

import io.quotaguard.model.CatalogEntry;

/**
 * Told of every change of plans, subscriptions and overrides, on every node, after it was committed: what a host passes on
 * to its screens.
 *
 * <p>Called on one thread of the guard's own, one change after the other. What it throws is logged, and the next change
 * comes nevertheless; while it blocks, later changes wait, and no decision does. Changes made while the process is down
 * are not told later: they stand in the audit.
 */
@FunctionalInterface
public interface PlanChangeListener {
    void onChange(CatalogEntry change);
}
