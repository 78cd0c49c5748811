/**
 * A day of a small article platform: what a first host of the library looks like.
 *
 * <p>It uses the public face only, as a host must, and does real if small work, so that a reader can copy from it. The one
 * exception is {@link io.quotaguard.redis.ReplayClock}, which no host needs. Anything two examples need belongs to the test bed, anything a host needs belongs to the library.
 */
@NullMarked
package io.quotaguard.quickstart;

import org.jspecify.annotations.NullMarked;
