package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.spi.CatalogCommand;
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
    static CatalogIntent of(CatalogCommand command) {
        return new CatalogIntent(command.entity(), command.name(), command.asked(), command.realign());
    }
}
