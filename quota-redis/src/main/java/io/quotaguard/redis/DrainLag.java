package io.quotaguard.redis;

import java.time.Duration;

/**
 * How far the ledger is behind what was decided. Immutable.
 *
 * @param entries how many uses are decided and not yet in the ledger
 * @param oldest how long the oldest of them has been waiting; zero when none does
 * @param setAside how many uses were decided and will not come into the ledger, which did not take them: as often as not because
 *     their key had been used for something else, past the store that decides. They wait for people, in a stream that the log
 *     names
 */
public record DrainLag(long entries, Duration oldest, long setAside) {}
