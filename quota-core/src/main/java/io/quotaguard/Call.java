package io.quotaguard;

import io.quotaguard.model.FailurePolicy;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.plan.Entitlements.Resolved;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one call of the host asks for, before anything is resolved. Immutable. */
record Call(Operation operation, Key key, List<Item> items, Map<String, String> metadata) {

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

    /** One subject, feature and amount. */
    record Item(String subject, String feature, long amount) {}

    /** Resolves every item as of {@code at} and returns the command to send. */
    Command resolve(Entitlements entitlements, Instant at, Deadline deadline) {
        if (items.size() == 1) {
            return new Command(
                    operation, key.text(), List.of(line(items.get(0), entitlements, at, deadline)), metadata);
        }
        List<Line> lines = new ArrayList<>(items.size());
        for (Item item : items) {
            lines.add(line(item, entitlements, at, deadline));
        }
        return new Command(operation, key.text(), lines, metadata);
    }

    /**
     * Returns the command that posts this use later (R43): present when every item's last known terms let it through
     * without the store.
     */
    Optional<Command> resolveOpen(Entitlements entitlements, Instant at) {
        List<Line> lines = new ArrayList<>(items.size());
        for (Item item : items) {
            Optional<Resolved> known = entitlements.lastKnown(item.subject(), item.feature(), at);
            if (operation != Operation.RECORD || known.isEmpty() || !opens(known.get(), item)) {
                return Optional.empty();
            }
            lines.add(new Line(
                    item.subject(), item.feature(), item.amount(), known.get().terms()));
        }
        return Optional.of(new Command(Operation.POST, key.text(), lines, metadata));
    }

    private static Line line(Item item, Entitlements entitlements, Instant at, Deadline deadline) {
        Resolved resolved = entitlements.resolve(item.subject(), item.feature(), at, deadline);
        return new Line(item.subject(), item.feature(), item.amount(), resolved.terms());
    }

    private static boolean opens(Resolved known, Item item) {
        return known.entitlement().failurePolicy() == FailurePolicy.OPEN
                && known.terms().ceiling().admits(0, item.amount());
    }
}
