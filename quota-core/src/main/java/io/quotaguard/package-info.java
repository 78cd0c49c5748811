/**
 * The front door: the guard a host builds once and calls from every thread, and the handles it gives out.
 *
 * <p>Here belongs what a host types first: the builder, the calls that check and record, the reservation. It brings the
 * other rooms together and decides nothing itself. What a value means stands in {@code model}, and so do the exceptions,
 * since stores raise them; how a store keeps a counter is the store's affair. Every other room may be used from here;
 * none of them may look back.
 */
@NullMarked
package io.quotaguard;

import org.jspecify.annotations.NullMarked;
