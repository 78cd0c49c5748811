/**
 * What a subject may do: plans, subscriptions, overrides and the history of their changes.
 *
 * <p>Here a subject and a feature become an entitlement, and an administrator's change becomes a new version with a
 * reason. What was used belongs to {@code usage}, and whether a call is admitted belongs to the store: this room only
 * says what the rules were and since when.
 */
@NullMarked
package io.quotaguard.plan;

import org.jspecify.annotations.NullMarked;
