/**
 * What a subject has done: questions to the ledger, the overview, statistics over time.
 *
 * <p>Reading only. Everything that moves a counter is a command and goes through the front door to the store; nothing
 * here may change what it reads, and nothing on the path of a check may depend on this room, since its answers may take
 * as long as the history is.
 */
@NullMarked
package io.quotaguard.usage;

import org.jspecify.annotations.NullMarked;
