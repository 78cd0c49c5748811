/**
 * The nouns: limits, windows, plans, usage, decisions, alerts, and the exceptions that name what went wrong.
 *
 * <p>Records and sealed types that check themselves when they are made, and arithmetic on them that needs nothing but
 * its arguments. No input or output, no clock, no logging, no other room of the library: whatever needs one of those
 * belongs elsewhere. Exceptions live here and not at the front door because stores throw them.
 */
@NullMarked
package io.quotaguard.model;

import org.jspecify.annotations.NullMarked;
