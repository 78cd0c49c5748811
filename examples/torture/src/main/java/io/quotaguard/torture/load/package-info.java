/** What the callers do: every kind of call on hot and wide counters, with retries, each noted before and after. */
@NullMarked
package io.quotaguard.torture.load;

import org.jspecify.annotations.NullMarked;
