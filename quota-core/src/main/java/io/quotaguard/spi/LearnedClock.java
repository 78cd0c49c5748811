package io.quotaguard.spi;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The estimate of a remote store's clock: the JVM's own clock and the offset learned from the store's replies (R19).
 * Thread-safe.
 *
 * <p>The estimate only has to be good enough to guess the window; the store verifies it. A reply's time is taken to be the
 * middle between sending and receiving, as in NTP (RFC 5905, section 8).
 */
public final class LearnedClock implements InstantSource {
    private static final Duration NOISE = Duration.ofMillis(1);

    private final InstantSource local;
    private volatile Duration offset = Duration.ZERO;

    /** Returns a clock that starts out as {@code local} and learns. */
    public LearnedClock(InstantSource local) {
        this.local = local;
    }

    @Override
    public Instant instant() {
        return local.instant().plus(offset);
    }

    /** Returns the local time, to be handed to {@link #observe} with the reply. */
    public Instant sending() {
        return local.instant();
    }

    /**
     * Learns from a reply.
     *
     * @param sent what {@link #sending()} returned before the request
     * @param storeTime the store's time in the reply
     */
    public void observe(Instant sent, Instant storeTime) {
        Instant middle = sent.plus(Duration.between(sent, local.instant()).dividedBy(2));
        Duration observed = Duration.between(middle, storeTime);
        // Small differences are the network's noise; writing them would only bounce a cache line between cores.
        if (observed.minus(offset).abs().compareTo(NOISE) > 0) {
            offset = observed;
        }
    }
}
