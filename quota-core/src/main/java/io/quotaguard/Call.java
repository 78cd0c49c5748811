package io.quotaguard;

import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one call of the host asks for, before anything is resolved. Immutable. */
interface Call {
    Operation operation();

    Key key();

    /** Resolves everything as of {@code at} and returns the command to send. */
    Command resolve(Entitlements entitlements, Instant at, Deadline deadline);

    /**
     * Returns the command that posts this use later (R43): present when its last known terms let it through without the
     * store.
     */
    default Optional<Command> resolveOpen(Entitlements entitlements, Instant at) {
        return Optional.empty();
    }

    /**
     * The call's idempotency key.
     *
     * @param text the key
     * @param generated whether it was made for this very call, so that nobody else can have used it before (R13)
     */
    record Key(String text, boolean generated) {
        static Key of(@Nullable String given) {
            return given != null ? new Key(given, false) : new Key(KeyGenerator.next(), true);
        }
    }
}
