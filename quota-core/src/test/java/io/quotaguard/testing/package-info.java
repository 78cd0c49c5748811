/**
 * The test kit: the contract every store is held to, and the clock, listener and faulty store that tests use.
 *
 * <p>Published as the test-jar {@code testkit}, so nothing here may lean on a class outside this package and the
 * library itself. Tests of one room stay in that room; here belongs only what the author of a store, or a host, would
 * run or reuse.
 */
@NullMarked
package io.quotaguard.testing;

import org.jspecify.annotations.NullMarked;
