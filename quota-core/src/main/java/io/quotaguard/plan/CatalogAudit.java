package io.quotaguard.plan;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.List;

/** Who changed what, when and why (R44). Thread-safe. */
public final class CatalogAudit {
    private final CatalogStore store;
    private final Duration timeout;

    /** Made by the front door; hosts get theirs from {@code quota.audit()}. */
    public CatalogAudit(CatalogStore store, Duration timeout) {
        this.store = store;
        this.timeout = timeout;
    }

    /** Returns the rows asked for, newest first; pass the last row's id on to {@link CatalogQuery#before} for the next page. */
    public List<CatalogEntry> changes(CatalogQuery query) {
        return store.history(InvalidQuotaArgumentException.required("query", query), Deadline.after(timeout));
    }
}
