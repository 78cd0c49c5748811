/**
 * The torture run: several JVMs charge one store while JVMs, servers and the network between them fail by a schedule; then all
 * is healed, and what the callers wrote down is held against what the store has.
 */
@NullMarked
package io.quotaguard.torture;

import org.jspecify.annotations.NullMarked;
