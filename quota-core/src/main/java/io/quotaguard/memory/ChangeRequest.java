package io.quotaguard.memory;

import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;

/**
 * What a change asks for: what a repeated request key is compared by (R8, R12). Immutable.
 *
 * @param entity what kind of thing changes
 * @param name which one: a plan's code, or a subject
 * @param asked how it shall be, in the words of {@link CatalogCommand#asked}
 */
record ChangeRequest(Entity entity, String name, String asked) {
    /** The name of the choice of default plan while there is none. */
    private static final String NO_PLAN = "none";

    static ChangeRequest of(CatalogCommand command) {
        if (command instanceof SavePlan save) {
            return new ChangeRequest(Entity.PLAN, save.plan().code(), save.asked());
        } else if (command instanceof DeletePlan delete) {
            return new ChangeRequest(Entity.PLAN, delete.code(), delete.asked());
        } else if (command instanceof SaveDefaultPlan save) {
            return new ChangeRequest(Entity.DEFAULT_PLAN, save.plan() == null ? NO_PLAN : save.plan(), save.asked());
        } else if (command instanceof SaveSubscription save) {
            return new ChangeRequest(Entity.SUBSCRIPTION, save.subscription().subject(), save.asked());
        } else if (command instanceof SaveOverride save) {
            return new ChangeRequest(Entity.OVERRIDE, save.subject(), save.asked());
        }
        throw new IllegalStateException("a change of a kind unknown to this store: " + command.getClass());
    }

    /** A repair of the subject's counter, which is no change of the catalog. */
    static ChangeRequest repair(String subject) {
        return new ChangeRequest(Entity.COUNTER, subject, "repair");
    }
}
