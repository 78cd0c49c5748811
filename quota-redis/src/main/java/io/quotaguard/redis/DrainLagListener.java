package io.quotaguard.redis;

/**
 * Is told when the ledger falls behind what was decided, when it has caught up, and when it does not take something at all.
 * Each node that has a listener looks for itself, and tells it on one thread, one call after the other. What a listener throws
 * is logged; while it blocks, it is told nothing more, and nobody else waits for it.
 */
public interface DrainLagListener {
    /**
     * The oldest use that waits for the ledger has been waiting for longer than the age that was set. It is told once, and
     * again only after {@link #onCaughtUp}.
     *
     * @param lag as it was found
     */
    void onLag(DrainLag lag);

    /**
     * No use waits any more for as long as that.
     *
     * @param lag as it was found
     */
    void onCaughtUp(DrainLag lag);

    /**
     * More uses are set aside than when this node looked last; on its first look, any at all. The ledger will not have them
     * unless people see to it.
     *
     * @param lag as it was found
     */
    void onSetAside(DrainLag lag);
}
