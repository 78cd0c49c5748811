/** What goes wrong during a round, and when: a schedule by seed, so that a run can be made again. */
@NullMarked
package io.quotaguard.torture.faults;

import org.jspecify.annotations.NullMarked;
