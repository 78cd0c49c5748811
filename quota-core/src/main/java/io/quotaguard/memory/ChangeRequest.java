package io.quotaguard.memory;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a change asks for: what a repeated request key is compared by (R8, R12). Immutable.
 *
 * <p>What the caller only found out on the way is left out: the revision it read, the lines it resolved and the instants
 * it stamped. A retry reads all of those anew, and is the same request nevertheless.
 *
 * @param entity what kind of thing changes
 * @param name which one: a plan's code, or a subject
 * @param wish how it shall be
 */
record ChangeRequest(Entity entity, String name, List<@Nullable Object> wish) {
    /** The name of the choice of default plan while there is none. */
    private static final String NO_PLAN = "none";

    static ChangeRequest of(CatalogCommand command) {
        if (command instanceof SavePlan save) {
            return of(Entity.PLAN, save.plan().code(), save.plan().withVersion(0));
        } else if (command instanceof SaveDefaultPlan save) {
            return of(Entity.DEFAULT_PLAN, save.plan() == null ? NO_PLAN : save.plan());
        } else if (command instanceof SaveSubscription save) {
            Subscription wished = save.subscription();
            Subscription.Phase latest = wished.latest();
            return of(
                    Entity.SUBSCRIPTION,
                    wished.subject(),
                    latest.plan(),
                    latest.pinnedVersion(),
                    latest.start(),
                    latest(wished.cadence()));
        } else if (command instanceof SaveOverride save) {
            return of(Entity.OVERRIDE, save.subject(), save.feature(), save.override());
        }
        throw new IllegalStateException("a change of a kind unknown to this store: " + command.getClass());
    }

    static ChangeRequest of(Entity entity, String name, @Nullable Object... wish) {
        return new ChangeRequest(entity, name, Arrays.asList(wish));
    }

    private static Anchor latest(Cadence cadence) {
        List<Cadence.Change> changes = cadence.changes();
        return changes.isEmpty()
                ? cadence.first()
                : changes.get(changes.size() - 1).anchor();
    }
}
