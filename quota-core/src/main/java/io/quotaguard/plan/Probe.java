package io.quotaguard.plan;

import io.quotaguard.model.Change;
import io.quotaguard.model.QuotaException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A step that cannot be taken any more may be the retry of one that was taken long ago: only the store knows its request
 * key (R12). So it is asked once with a change that can never be applied, and the fault is told when it does not know.
 * Used by one thread.
 */
final class Probe {
    /** No subject has it, so a change made for it meets its key or nothing. */
    static final long NO_REVISION = -1;

    private final Change change;
    private @Nullable QuotaException fault;

    Probe(Change change) {
        this.change = change;
    }

    boolean isUnderWay() {
        return fault != null;
    }

    /** Returns what {@code make} makes, or {@code otherwise} the first time that it fails under a request key. */
    <T> T orElse(Supplier<T> make, Supplier<T> otherwise) {
        if (fault != null) {
            throw fault;
        }
        try {
            return make.get();
        } catch (QuotaException e) {
            if (change.key() == null) {
                throw e;
            }
            T harmless = otherwise.get();
            fault = e;
            return harmless;
        }
    }
}
