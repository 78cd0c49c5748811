package io.quotaguard;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Usage;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call about uses that are not charged yet. Immutable.
 *
 * @param ttl how long a hold lasts; else null
 */
record Charge(
        Operation operation,
        Key key,
        List<Item> items,
        Map<String, String> metadata,
        @Nullable Duration ttl) implements Call {

    /** One subject, feature and amount. */
    record Item(String subject, String feature, long amount) {
        static Item of(Usage usage) {
            return new Item(usage.subject(), usage.feature(), usage.amount());
        }
    }

    /** Returns the call about one use. */
    static Charge of(Operation operation, Usage usage) {
        return new Charge(operation, Key.of(usage.key()), List.of(Item.of(usage)), usage.metadata(), null);
    }

    /** Asks for room for nothing, so that a counter at the largest sum of all can be read too (R6). */
    static Charge look(String subject, String feature) {
        return new Charge(Operation.CHECK, Key.of(null), List.of(new Item(subject, feature, 0)), Map.of(), null);
    }

    /** Returns the call about several uses, which share one key. */
    static Charge of(Operation operation, List<Usage> usages) {
        if (InvalidQuotaArgumentException.required("usages", usages).size() == 1) {
            return of(operation, InvalidQuotaArgumentException.required("usage", usages.get(0)));
        }
        if (usages.size() > Command.MAX_USES) {
            throw InvalidQuotaArgumentException.of(
                    "R3", "number of usages", usages.size(), "is not in 1 … " + Command.MAX_USES);
        }
        List<Item> items = new ArrayList<>(usages.size());
        Map<String, String> metadata = new LinkedHashMap<>();
        String key = null;
        for (Usage each : usages) {
            Usage usage = InvalidQuotaArgumentException.required("usage", each);
            items.add(Item.of(usage));
            metadata.putAll(usage.metadata());
            if (key != null && usage.key() != null && !key.equals(usage.key())) {
                throw InvalidQuotaArgumentException.of(
                        "R3", "key", usage.key(), "differs from another line's; one call has one key");
            }
            key = usage.key() != null ? usage.key() : key;
        }
        return new Charge(operation, Key.of(key), items, metadata, null);
    }

    @Override
    public Command resolve(Entitlements entitlements, Instant at, Deadline deadline) {
        if (items.size() == 1) {
            Item item = items.get(0);
            return command(operation, lines(item, entitlements, at, deadline));
        }
        List<Line> lines = new ArrayList<>(items.size());
        for (Item item : items) {
            lines.addAll(lines(item, entitlements, at, deadline));
        }
        return command(operation, lines);
    }

    @Override
    public Optional<Command> resolveOpen(Entitlements entitlements, Instant at) {
        List<Line> lines = new ArrayList<>(items.size());
        for (Item item : items) {
            Optional<Entitlements.Use> known =
                    entitlements.lastKnown(item.subject(), item.feature(), item.amount(), at);
            if (operation != Operation.RECORD || known.isEmpty() || !known.get().opens()) {
                return Optional.empty();
            }
            lines.addAll(known.get().lines());
        }
        return Optional.of(command(Operation.POST, lines));
    }

    private List<Line> lines(Item item, Entitlements entitlements, Instant at, Deadline deadline) {
        List<Line> lines = entitlements
                .resolve(item.subject(), item.feature(), item.amount(), at, deadline)
                .lines();
        // A reset is of one counter: what others have used in the same pool stays used.
        return operation == Operation.RESET ? lines.subList(0, 1) : lines;
    }

    private Command command(Operation operation, List<Line> lines) {
        Target target = null;
        if (ttl != null) {
            Item item = items.get(0);
            target = new Target(KeyIdentity.of(item.subject(), item.feature(), key.text()), ttl);
        }
        return new Command(operation, key.text(), lines, metadata, target);
    }
}
