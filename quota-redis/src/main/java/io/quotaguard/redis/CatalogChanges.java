package io.quotaguard.redis;

import io.quotaguard.model.QuotaException;
import io.quotaguard.redis.Fences.Fence;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveGrant;
import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.CatalogCommand.VoidGrant;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the catalog of the store behind this one while nobody decides by what is changed: a use comes wholly before the
 * change or wholly after it (R25), and with all uses before it posted its alerts follow the new terms (R29, R30). Thread-safe.
 */
final class CatalogChanges {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogChanges.class);

    private final CatalogStore behind;
    private final Fences fences;
    private final Turns turns;
    private final Revisions revisions;
    private final Drain drain;

    CatalogChanges(CatalogStore behind, Fences fences, Turns turns, Revisions revisions, Drain drain) {
        this.behind = behind;
        this.fences = fences;
        this.turns = turns;
        this.revisions = revisions;
        this.drain = drain;
    }

    CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        try {
            if (command instanceof SavePlan || command instanceof DeletePlan) {
                return everyones(Revisions.plan(command.name()), command, deadline);
            } else if (command instanceof SaveDefaultPlan) {
                return everyones(Revisions.defaultPlan(), command, deadline);
            }
            return subjects(command, deadline);
        } catch (RedisFault e) {
            throw e.unavailable(command.change().key());
        }
    }

    /** When it is not clear what became of the change, the fences stay up until they fall. */
    private CatalogOutcome everyones(String field, CatalogCommand command, Deadline deadline) throws RedisFault {
        // While the store behind is away nobody is kept from deciding by what he knows.
        behind.plan(command.name(), deadline);
        byte[] token = revisions.fence(field, deadline);
        CatalogOutcome outcome = behind.apply(command, deadline);
        try {
            revisions.free(field, token, deadline);
        } catch (RedisFault e) {
            LOG.warn("the change is made; until its fences fall, calls that depend on it wait", e);
        }
        return outcome;
    }

    private CatalogOutcome subjects(CatalogCommand command, Deadline deadline) throws RedisFault {
        if (isTooLate(command, deadline)) {
            return behind.apply(command, deadline);
        }
        List<String> subject = List.of(command.name());
        while (true) {
            Turns.Turn turn = turns.take(subject, deadline);
            try {
                // Another may have been first while this one waited for its turn.
                if (isTooLate(command, deadline)) {
                    return behind.apply(command, deadline);
                }
                List<Fence> up = fences.fence(subject, Fences.For.CHANGE, deadline);
                if (up != null) {
                    return alone(command, up.get(0), deadline);
                }
            } finally {
                turn.close();
            }
            Fences.pauseOrGiveUp(deadline);
        }
    }

    /** Tells whether the subject has moved on: then the store behind changes nothing, and nobody has to be kept off. */
    private boolean isTooLate(CatalogCommand command, Deadline deadline) {
        return behind.load(command.name(), deadline).revision() > expected(command);
    }

    private static long expected(CatalogCommand command) {
        if (command instanceof SaveSubscription subscription) {
            return subscription.expected();
        } else if (command instanceof SaveOverride override) {
            return override.expected();
        } else if (command instanceof SaveGrant grant) {
            return grant.expected();
        } else if (command instanceof VoidGrant grant) {
            return grant.expected();
        } else if (command instanceof SaveMembership membership) {
            return membership.expected();
        }
        return Long.MAX_VALUE;
    }

    private CatalogOutcome alone(CatalogCommand command, Fence fence, Deadline deadline) throws RedisFault {
        try {
            drain.settle(fence.shard(), deadline);
        } catch (RedisFault | QuotaException e) {
            fences.restore(fence);
            throw e;
        }
        CatalogOutcome outcome = behind.apply(command, deadline);
        if (outcome instanceof CatalogOutcome.Applied) {
            fences.free(fence);
        } else {
            fences.restore(fence);
        }
        return outcome;
    }
}
