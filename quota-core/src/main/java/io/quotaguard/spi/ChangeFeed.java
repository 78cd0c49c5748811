package io.quotaguard.spi;

import io.quotaguard.model.CatalogEntry;
import java.util.List;

/**
 * Changes of the catalog since a cursor. Immutable.
 *
 * @param entries the changes
 * @param cursor to ask with next; it means something to the store alone
 * @param more whether there are more right now
 */
public record ChangeFeed(List<CatalogEntry> entries, String cursor, boolean more) {
    public ChangeFeed {
        entries = List.copyOf(entries);
    }
}
