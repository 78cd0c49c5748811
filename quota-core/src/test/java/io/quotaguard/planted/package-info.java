/**
 * Stores with a bug on purpose, and the proof that the contract fails on each.
 *
 * <p>A contract that has never failed proves nothing. Not part of the published kit.
 */
@NullMarked
package io.quotaguard.planted;

import org.jspecify.annotations.NullMarked;
