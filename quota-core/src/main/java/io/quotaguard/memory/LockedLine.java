package io.quotaguard.memory;

import io.quotaguard.model.Origin;
import io.quotaguard.spi.Line;
import org.jspecify.annotations.Nullable;

/** A line of a command beside the account of its counter. Lives as long as the command's turn. */
record LockedLine(Line line, Account account) {
    /** Tells whether it is a use itself, and not charged on behalf of one. */
    boolean isUse() {
        return line.origin() == null;
    }

    /** Returns what the key stands for within this line's subject and feature, or null. */
    @Nullable
    LedgerEntry remembered(String key) {
        return account.meter().remembered(key);
    }

    /** Tells whether the entry was charged on behalf of this use. */
    boolean isOriginOf(LedgerEntry entry) {
        Origin origin = entry.more().origin();
        return origin != null
                && origin.subject().equals(line.subject())
                && origin.feature().equals(line.feature());
    }

    Owner owner() {
        return account.meter().owner();
    }
}
