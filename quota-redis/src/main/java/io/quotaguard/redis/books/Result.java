package io.quotaguard.redis.books;

import io.quotaguard.model.Pruned;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Outcome;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a deed came to. Immutable.
 *
 * @param value what it returned, null when it failed
 * @param failure what it threw, which changed nothing
 */
record Result(@Nullable Object value, @Nullable RuntimeException failure) {
    static Result of(Supplier<?> work) {
        try {
            return new Result(work.get(), null);
        } catch (RuntimeException e) {
            return new Result(null, e);
        }
    }

    /** Tells whether the books are as they would be without the deed. */
    boolean changedNothing() {
        if (value instanceof Outcome.Accepted accepted) {
            return accepted.replayed();
        } else if (value instanceof CatalogOutcome.Applied applied) {
            return applied.replayed();
        }
        return failure != null
                || value instanceof Outcome
                || value instanceof CatalogOutcome
                || Integer.valueOf(0).equals(value)
                || List.of().equals(value)
                || Pruned.NOTHING.equals(value)
                || (value instanceof Deed.Repaired repaired && repaired.mended().isEmpty());
    }
}
