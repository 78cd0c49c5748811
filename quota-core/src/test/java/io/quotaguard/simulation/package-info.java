/** Whole nodes, their network, store and clock on one thread, led by a seed. */
@NullMarked
package io.quotaguard.simulation;

import org.jspecify.annotations.NullMarked;
