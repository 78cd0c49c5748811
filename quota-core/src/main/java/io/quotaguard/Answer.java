package io.quotaguard;

import io.quotaguard.model.Decision;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, when it did not fail.
 *
 * @param heldUntil when the hold expires that was made or extended; else null
 * @param replayed whether the store answered from memory, be it to this very call's second attempt
 */
record Answer(Decision decision, @Nullable Instant heldUntil, boolean replayed) {}
