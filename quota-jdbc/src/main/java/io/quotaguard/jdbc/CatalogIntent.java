package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.Line;
import java.util.List;

/**
 * What a change of the catalog is about, and what makes two changes with one request key the same (R12). Immutable.
 *
 * @param entity what kind of thing changes
 * @param name which one
 * @param fingerprint what was asked for
 * @param realign lines whose alerts follow the new terms
 */
record CatalogIntent(Entity entity, String name, String fingerprint, List<Line> realign) {
    /** The name of the choice of default plan while there is none. */
    private static final String NO_PLAN = "none";

    static CatalogIntent of(CatalogCommand command) {
        if (command instanceof SavePlan save) {
            return of(Entity.PLAN, save.plan().code(), command, List.of());
        } else if (command instanceof DeletePlan delete) {
            return of(Entity.PLAN, delete.code(), command, List.of());
        } else if (command instanceof SaveDefaultPlan save) {
            return of(Entity.DEFAULT_PLAN, save.plan() == null ? NO_PLAN : save.plan(), command, List.of());
        } else if (command instanceof SaveSubscription save) {
            return of(Entity.SUBSCRIPTION, save.subscription().subject(), command, save.realign());
        } else if (command instanceof SaveOverride save) {
            return of(Entity.OVERRIDE, save.subject(), command, save.realign());
        }
        throw new IllegalArgumentException("unknown change " + command.getClass());
    }

    private static CatalogIntent of(Entity entity, String name, CatalogCommand command, List<Line> realign) {
        return new CatalogIntent(entity, name, command.asked(), realign);
    }
}
