package io.quotaguard.memory;

import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.spi.CatalogCommand;

/**
 * What a change asks for: what a repeated request key is compared by (R8, R12). Immutable.
 *
 * @param entity what kind of thing changes
 * @param name which one: a plan's code, or a subject
 * @param asked how it shall be, in the words of {@link CatalogCommand#asked}
 */
record ChangeRequest(Entity entity, String name, String asked) {
    static ChangeRequest of(CatalogCommand command) {
        return new ChangeRequest(command.entity(), command.name(), command.asked());
    }

    /** A repair of the subject's counter, which is no change of the catalog. */
    static ChangeRequest repair(String subject) {
        return new ChangeRequest(Entity.COUNTER, subject, "repair");
    }
}
