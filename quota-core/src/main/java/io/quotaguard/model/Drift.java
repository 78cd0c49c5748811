package io.quotaguard.model;

/**
 * A counter that differs from the sum of its ledger rows (R42); a healthy store has none.
 *
 * @param subject whose counter
 * @param feature of what
 * @param window which window's
 * @param counted what the counter says
 * @param ledger what the ledger's rows add up to: the truth
 */
public record Drift(String subject, String feature, Window window, long counted, long ledger) {}
