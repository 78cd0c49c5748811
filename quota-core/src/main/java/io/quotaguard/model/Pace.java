package io.quotaguard.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a counter came to be what it is, by its ledger.
 *
 * @param units units added, less those taken back
 * @param since when the first of them was, or null when there were none
 * @param asOf when it was read, on the store's clock
 */
public record Pace(long units, @Nullable Instant since, Instant asOf) {}
