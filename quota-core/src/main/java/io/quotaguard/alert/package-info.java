/**
 * Telling the host that a quota runs low: the listener a host writes, and the delivery that reaches it.
 *
 * <p>Delivery is at least once, from rows the deciding transaction wrote. Whether a threshold was crossed is decided
 * there, by the store, never here. A listener's failure stays in this room: it is logged, tried again, and harms
 * neither the caller nor the other listeners.
 */
@NullMarked
package io.quotaguard.alert;

import org.jspecify.annotations.NullMarked;
