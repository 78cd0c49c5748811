package io.quotaguard.testing;

import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A store as seen from a node whose own clock is wrong and never learns better (R19). Thread-safe.
 *
 * <p>Only {@link #clock()} is wrong: the store behind decides by its own clock, and tells the node through stale answers.
 */
public final class SkewedStore extends DelegatingStore {
    private final Duration skew;

    /** Returns {@code inner} as seen from a node whose clock is {@code skew} ahead, or behind when negative. */
    public SkewedStore(QuotaStore inner, Duration skew) {
        super(inner);
        this.skew = skew;
    }

    @Override
    public InstantSource clock() {
        InstantSource right = super.clock();
        return () -> right.instant().plus(skew);
    }
}
