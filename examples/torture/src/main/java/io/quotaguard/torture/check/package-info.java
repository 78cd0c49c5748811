/**
 * The proof: from what the callers wrote down and what the store's books say, whether the promises were kept. Each check is
 * sound: it speaks up only when no order of the calls in flight, no error of a clock and no late effect of an unanswered
 * call can explain what it found.
 */
@NullMarked
package io.quotaguard.torture.check;

import org.jspecify.annotations.NullMarked;
