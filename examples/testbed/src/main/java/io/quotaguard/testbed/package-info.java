/**
 * Real servers for tests, examples and measurements, started from binaries that Maven brings.
 *
 * <p>Launching, waiting, stopping and throwing away, with durability switched on so that what is shown here holds
 * elsewhere. It knows nothing of quotas and is never deployed: a host that wants such a server writes its own.
 */
@NullMarked
package io.quotaguard.testbed;

import org.jspecify.annotations.NullMarked;
