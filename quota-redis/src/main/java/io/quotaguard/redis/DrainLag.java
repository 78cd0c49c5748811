package io.quotaguard.redis;

import java.time.Duration;

/**
 * How far the ledger is behind what was decided. Immutable.
 *
 * @param entries how many uses are decided and not yet in the ledger
 * @param oldest how long the oldest of them has been waiting; zero when none does
 */
public record DrainLag(long entries, Duration oldest) {}
