package io.quotaguard.simulation;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.AlertStore.Which;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** What callers were told, held against what the store knows in the end. */
final class Books {
    private final QuotaStore store;
    private final Story story;
    final boolean plansChange;
    final Map<String, Told> told = new LinkedHashMap<>();
    final Set<String> late = new HashSet<>();
    private final List<Limit> limits = new ArrayList<>();
    private final List<Usage> asked = new ArrayList<>();
    final Map<String, Leased> leased = new LinkedHashMap<>();
    final Set<Long> heard = new HashSet<>();
    final Set<Integer> crashed = new HashSet<>();
    boolean timeFlew;
    private boolean healed;

    /** What callers know of one key. */
    static final class Told {
        final Usage usage;
        Optional<Decision> allowed = Optional.empty();
        boolean unknown;

        Told(Usage usage) {
            this.usage = usage;
        }

        /** Of all that were told it was allowed, one was told so first. */
        void allow(Decision decision) {
            allowed.ifPresent(known -> require(
                    known.window().equals(decision.window()) && (known.replayed() || decision.replayed()),
                    "B1: " + usage.key() + " was counted again: " + known + ", " + decision));
            allowed = allowed.filter(known -> decision.replayed()).or(() -> Optional.of(decision));
        }
    }

    /** A use that a node spent from a slice. */
    record Leased(int node, long amount) {}

    Books(QuotaStore store, Story story, boolean plansChange) {
        this.store = store;
        this.story = story;
        this.plansChange = plansChange;
    }

    Usage newUse(String subject, long amount) {
        Usage usage = Usage.of(subject, World.COUNTED).amount(amount).key("k" + told.size());
        one(usage);
        return usage;
    }

    /** Returns a use that was asked for before. */
    Optional<Usage> again(Random random) {
        List<Told> all = List.copyOf(told.values());
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())).usage);
    }

    /** Returns the uses whose callers still do not know. */
    List<Usage> open() {
        return told.values().stream()
                .filter(one -> one.unknown && one.allowed.isEmpty())
                .map(one -> one.usage)
                .toList();
    }

    void seeLimit() {
        Deadline deadline = Deadline.after(Deadline.MAX);
        Optional<Limit> limit = store.catalog()
                .plan("plan", deadline)
                .flatMap((Plan plan) -> plan.feature(World.COUNTED))
                .map(feature -> feature.limit());
        limit.filter(seen -> limits.isEmpty() || !limits.get(limits.size() - 1).equals(seen))
                .ifPresent(limits::add);
    }

    int limitsSeen() {
        return Math.max(0, limits.size() - 1);
    }

    /** Tells whether its caller knows already that it was allowed. */
    boolean isAllowed(Usage usage) {
        return one(usage).allowed.isPresent();
    }

    /**
     * Takes what a caller was told.
     *
     * @param begun how many limits had been seen when it asked, but one
     * @param before whether somebody had been told by then that it was allowed
     */
    void told(Usage usage, Decision decision, int begun, boolean before) {
        tell(usage, decision.allowed() ? "allowed" : "refused");
        Told one = one(usage);
        if (!decision.replayed() && !limits.subList(begun, limits.size()).contains(decision.limit())) {
            throw new AssertionError("D1: " + decision + " by none of " + limits.subList(begun, limits.size()));
        }
        if (!decision.allowed()) {
            require(!before, "R7: " + usage.key() + " was allowed and is refused now");
            return;
        }
        boolean over = decision.limit().units() < decision.used() + decision.held();
        require(decision.replayed() || !over, "A1: over the limit: " + decision);
        one.allow(decision);
    }

    private void tell(Usage usage, String what) {
        story.add("told of")
                .key(String.valueOf(usage.key()))
                .add(usage.amount())
                .add(what)
                .end();
    }

    private Told one(Usage usage) {
        return told.computeIfAbsent(String.valueOf(usage.key()), key -> new Told(usage));
    }

    void unknown(Usage usage) {
        tell(usage, "unknown");
        require(!healed, "R43: " + usage.key() + " is unknown still, though all is healed");
        one(usage).unknown = true;
    }

    void unavailable(Usage usage) {
        tell(usage, "unavailable");
        require(!healed, "R43: " + usage.key() + " has no answer, though all is healed");
        one(usage);
    }

    /** Notes that a call is under way. */
    void asked(Usage usage) {
        asked.add(usage);
    }

    /** Notes that a call has ended. */
    void answered(Usage usage) {
        asked.remove(usage);
    }

    /** Somebody used the key for something else: was told so, is being told, or never will be. */
    void conflict(Usage usage) {
        tell(usage, "conflict");
        boolean other = !one(usage).usage.equals(usage) || late.contains(usage.key()) || isAskedOtherwise(usage);
        require(other, "B2: " + usage.key() + " was used for nothing else");
    }

    private boolean isAskedOtherwise(Usage usage) {
        return asked.stream()
                .anyMatch(other -> Objects.equals(other.key(), usage.key()) && other.amount() != usage.amount());
    }

    /** Takes what a caller was told that used a key for something else. */
    void toldOfOther(Usage other, Decision decision) {
        tell(other, decision.allowed() ? "allowed" : "refused");
        if (!decision.allowed()) {
            return;
        }
        Told holder = one(other);
        if (!holder.usage.equals(other)) {
            // The first with this key to be allowed, whoever had it before: it is his now.
            require(holder.allowed.isEmpty(), "B2: " + other.key() + " is used for two requests");
            holder = new Told(other);
            told.put(String.valueOf(other.key()), holder);
        }
        holder.allow(decision);
    }

    void toldOfLeased(int node, Decision decision) {
        if (decision.allowed()) {
            leased.put(decision.key(), new Leased(node, decision.use().amount()));
        }
    }

    /** Notes a request that may come, or have come, behind its caller's back. */
    void late(String key) {
        late.add(key);
    }

    void timeFlew() {
        timeFlew = true;
    }

    void crashed(int node) {
        crashed.add(node);
    }

    /** Notes that every call has to get an answer from now on. */
    void healed() {
        healed = true;
    }

    void heard(Alert alert) {
        heard.add(alert.id());
    }

    /** Counts everything. */
    void close(Deadline deadline) {
        new Closing(this, store.alerts().list(Optional.empty(), Which.ALL, 0, 1000, deadline)).check(rows(deadline));
    }

    private List<UsageRecord> rows(Deadline deadline) {
        List<UsageRecord> rows = new ArrayList<>();
        for (String subject : World.SUBJECTS) {
            rows.addAll(store.ledger().records(UsageQuery.of(subject).pageSize(UsageQuery.MAX_PAGE_SIZE), deadline));
        }
        require(rows.size() < UsageQuery.MAX_PAGE_SIZE, "too many rows for one page");
        return rows;
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
