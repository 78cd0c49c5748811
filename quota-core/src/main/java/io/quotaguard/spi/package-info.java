/**
 * What a store implements: the commands it carries out, the answers it owes, the capabilities it declares.
 *
 * <p>Interfaces and the values that cross them, and the promises written beside each. No implementation and no default
 * that quietly does nothing: a store that cannot keep a rule says so. Code that only the guard needs does not belong
 * here, however much it looks like plumbing.
 */
@NullMarked
package io.quotaguard.spi;

import org.jspecify.annotations.NullMarked;
