/**
 * The store that lives in this process, for tests and for hosts of one node that may forget at a restart.
 *
 * <p>It is the reference: complete, bounded and safe under many threads, and where two readings of a rule are possible,
 * its answer counts. Nothing here may be used by another store, because each has to earn the contract alone.
 */
@NullMarked
package io.quotaguard.memory;

import org.jspecify.annotations.NullMarked;
