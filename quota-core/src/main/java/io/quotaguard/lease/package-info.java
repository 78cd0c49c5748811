/**
 * Slices of a quota, held at the store for one node and spent on it without asking: for features that are used very often.
 */
@NullMarked
package io.quotaguard.lease;

import org.jspecify.annotations.NullMarked;
