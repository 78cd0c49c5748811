package io.quotaguard.lease;

import io.quotaguard.model.Decision;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Window;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The leased features of one guard: units that the store holds for this node, spent here without asking it. Thread-safe.
 *
 * <p>A slice is a hold like any other (R34): so what is used and what lies in slices never passes the limit, by the store's
 * own rule. The node counts a slice's life from before it asked for it, on its monotonic clock, and stops spending it a
 * margin before the store lets go of it; so no clocks are compared.
 */
public final class Leases implements AutoCloseable {
    /** How many uses make the poster come at once. */
    static final int MANY_WAITING = 500;

    static final int POSTED_TOGETHER = 2_000;

    /** Names are made up by strangers; what is beyond goes straight. */
    private static final int MOST_LEASES = 100_000;

    private static final int MAX_STALE = 3;

    private final Map<String, ConcurrentMap<String, Lease>> byFeature = new ConcurrentHashMap<>();
    private final Map<String, SlicePolicy> policies;
    private final Context context;
    private final Poster poster;
    private volatile boolean closed;

    /** Made by the front door. */
    public Leases(Map<String, SlicePolicy> policies, Context context) {
        this.policies = Map.copyOf(policies);
        this.context = context;
        policies.keySet().forEach(feature -> byFeature.put(feature, new ConcurrentHashMap<>()));
        this.poster = new Poster(this, context);
    }

    /** Returns the lease of a subject and feature, or null when the feature is not leased. */
    private @Nullable Lease lease(String subject, String feature) {
        ConcurrentMap<String, Lease> leases = byFeature.get(feature);
        if (leases == null) {
            return null;
        }
        Lease known = leases.get(subject);
        SlicePolicy policy = policies.get(feature);
        if (known != null || policy == null || leases.size() >= MOST_LEASES) {
            return known;
        }
        poster.start();
        return leases.computeIfAbsent(subject, absent -> new Lease(subject, feature, policy, this));
    }

    /** Tells whether uses of the feature may be spent from slices. */
    public boolean covers(String feature) {
        return byFeature.containsKey(feature);
    }

    /**
     * Spends a use from a slice.
     *
     * @param key made for this very use
     * @return null when it has to go to the store by itself
     */
    public @Nullable Decision spend(
            String subject, String feature, long amount, String key, Map<String, String> metadata, Deadline deadline) {
        Lease lease = closed ? null : lease(subject, feature);
        return lease == null ? null : lease.spend(new Spent(key, amount, metadata), deadline);
    }

    /** Learns how things stand from a use that went to the store by itself. */
    public void learn(Decision decision) {
        Lease lease = decision.degraded() ? null : lease(decision.subject(), decision.feature());
        if (lease != null && decision.verdicts().size() == 1) {
            lease.sizing().wentStraight(decision.use(), now());
        }
    }

    /** Returns for how long a refused use may wait for units that lie in slices of others; zero when it need not. */
    public Duration patience(String subject, String feature) {
        Lease lease = lease(subject, feature);
        return lease == null ? Duration.ZERO : lease.patience();
    }

    /** Learns that a use waited in vain: what is in its way is more than slices. */
    public void waitedInVain(String subject, String feature) {
        Lease lease = lease(subject, feature);
        if (lease != null) {
            lease.losePatience();
        }
    }

    /** Gives back what this node has in a slice: somebody needs it for a use that the slice is too small for. */
    public void giveBack(String subject, String feature) {
        Lease lease = lease(subject, feature);
        if (lease != null) {
            lease.giveBack();
        }
    }

    long now() {
        return context.nanoTime().getAsLong();
    }

    boolean isClosed() {
        return closed;
    }

    void wake() {
        poster.wake();
    }

    void activate(Lease lease) {
        poster.add(lease);
    }

    /** Tells whether the terms of a slice are still those that are known here. */
    boolean areCurrent(Lease lease, Line line) {
        Optional<Entitlements.Use> known = context.entitlements()
                .lastKnown(lease.subject(), lease.feature(), 0, context.clock().instant());
        return known.isPresent()
                && known.get().lines().size() == 1
                && known.get().lines().get(0).terms().equals(line.terms());
    }

    /** Takes a slice in one round trip, or in more when the terms were stale; null when there is none to be had. */
    @Nullable
    Slice take(Lease lease, long units, Deadline deadline) {
        try {
            return ask(lease, units, deadline);
        } catch (QuotaException e) {
            // The catalog cannot be read: the use itself will meet that.
            lease.rest();
            return null;
        }
    }

    private @Nullable Slice ask(Lease lease, long units, Deadline deadline) {
        Instant at = context.clock().instant();
        String key = context.keys().get();
        for (int tries = 0; tries < MAX_STALE && !deadline.hasPassed(); tries++) {
            List<Line> lines = context.entitlements()
                    .resolve(lease.subject(), lease.feature(), units, at, deadline)
                    .lines();
            Line line = lines.get(0);
            if (lines.size() > 1 || !canBeLeased(line.terms())) {
                return null;
            }
            long asked = now();
            Outcome outcome = context.trips().execute(hold(line, key, lease.policy()), deadline);
            if (outcome instanceof Outcome.Accepted accepted && accepted.heldUntil() != null) {
                lease.sizing().learn(accepted.verdicts().get(0), now());
                Instant taken = accepted.heldUntil().minus(lease.policy().life());
                return new Slice(
                        new Slice.Hold(
                                KeyIdentity.of(line.subject(), line.feature(), key),
                                key,
                                line,
                                accepted.verdicts().get(0),
                                asked,
                                stop(line.terms(), lease.policy(), taken, asked)),
                        context.nanoTime());
            } else if (outcome instanceof Outcome.Refused refused) {
                lease.sizing().learn(refused.verdicts().get(0), now());
                return null;
            } else if (outcome instanceof Outcome.Stale stale) {
                at = stale.storeTime();
                if (stale.cause() == Outcome.Stale.Cause.CATALOG) {
                    context.entitlements().forgetStale(line, at);
                }
            } else {
                // Whatever it was, the use itself will meet it; a hold that was made all the same ends by itself.
                lease.rest();
                return null;
            }
        }
        return null;
    }

    /** Beyond a plain limit, each unit may come from another source, which only the store can tell. */
    private static boolean canBeLeased(Terms terms) {
        return terms.standing() == Standing.GRANTED
                && !terms.granted()
                && terms.ceiling().equals(terms.limit());
    }

    private static Command hold(Line line, String key, SlicePolicy policy) {
        Target target = new Target(KeyIdentity.of(line.subject(), line.feature(), key), policy.life());
        return new Command(Operation.HOLD, key, List.of(line), Map.of(), target);
    }

    /** A slice ends a margin before its life does, and with its window and terms. */
    private static long stop(Terms terms, SlicePolicy policy, Instant taken, long asked) {
        Duration most = policy.life().minus(policy.margin());
        Window window = terms.window();
        most = shorter(most, taken, window.end());
        most = shorter(most, taken, terms.validUntil());
        return asked + most.toNanos();
    }

    private static Duration shorter(Duration most, Instant from, @Nullable Instant end) {
        if (end == null) {
            return most;
        }
        Duration until = Duration.between(from, end);
        return until.compareTo(most) < 0 ? until : most;
    }

    /** Forgets leases that nobody used since the last time. */
    void sweep() {
        byFeature.values().forEach(leases -> leases.values().removeIf(Lease::isForgotten));
    }

    /** Posts what was spent and gives back the rest, as far as the store can be asked; what comes later goes straight. */
    @Override
    public void close() {
        closed = true;
        poster.close();
    }
}
