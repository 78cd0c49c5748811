/**
 * What the callers of a store wrote down: each call when it began and how it ended, on one time line. Nothing here knows a
 * store, and nothing judges.
 */
@NullMarked
package io.quotaguard.torture.history;

import org.jspecify.annotations.NullMarked;
