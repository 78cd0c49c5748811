package io.quotaguard.simulation;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Nodes, a network, a store and a clock on one thread, all of them led by a seed: the same seed is the same story. Whatever
 * a node does, others may do something while its request is on the way.
 */
final class World implements AutoCloseable {
    static final String COUNTED = "articles";
    static final String LEASED = "calls";
    static final long FIRST_LIMIT = 20;
    static final long LEASED_LIMIT = 60;
    static final List<String> SUBJECTS = List.of("ann", "bob");
    private static final List<Long> LIMITS = List.of(10L, 20L, 30L);
    private static final Change BY = Change.by("simulation");
    private static final int DEEPEST = 3;

    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> crashed = new ArrayList<>();
    private final List<Runnable> late = new ArrayList<>();
    private final QuotaStore store;
    private final Story story = new Story();
    private final Books books;
    private final Callers callers;
    private final boolean plansChange;
    private final boolean timeFlies;
    private double faults;
    private int numbered;
    private int requests;
    private int faulty;
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private Instant latest = now;
    private long nanos;
    private int depth;

    /**
     * Begins a story.
     *
     * @param planted what is wrong with the store, if anything
     */
    World(long seed, UnaryOperator<QuotaStore> planted) {
        random = new Random(seed);
        plansChange = random.nextBoolean();
        timeFlies = random.nextBoolean();
        store = planted.apply(InMemoryQuotaStore.builder().clock(() -> now).build());
        books = new Books(store, story, plansChange);
        callers = new Callers(this, books);
        for (int i = 0; i < 2 + random.nextInt(2); i++) {
            nodes.add(newNode());
        }
        Plan plan = plan(FIRST_LIMIT);
        nodes.get(0).quota().plans().create(plan, BY);
        nodes.get(0).quota().plans().setDefault(plan.code(), BY);
        faults = 0.05 + random.nextDouble() * 0.25;
    }

    private static Plan plan(long limit) {
        return Plan.named("plan")
                .limit(COUNTED, limit, ResetPeriod.DAILY)
                .limit(LEASED, LEASED_LIMIT, ResetPeriod.DAILY)
                .build();
    }

    private Node newNode() {
        numbered++;
        return new Node(this, numbered, store, Duration.ofMinutes(random.nextInt(121) - 60L));
    }

    Story story() {
        return story;
    }

    /** Returns how many requests went over the network so far. */
    int requests() {
        return requests;
    }

    /** Returns how many of them did not simply arrive. */
    int faulty() {
        return faulty;
    }

    Instant now() {
        return now;
    }

    long nanos() {
        return nanos;
    }

    void pass(Duration time) {
        leap(time);
        nanos += time.toNanos();
    }

    /** Sets the store's clock, ahead or back; no time passes. */
    private void leap(Duration by) {
        story.add("leaps").add(by).end();
        now = now.plus(by);
        latest = now.isAfter(latest) ? now : latest;
    }

    /** Returns a number from 0 up to a bound, which is excluded. */
    long below(long bound) {
        return (long) (random.nextDouble() * bound);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T oneOf(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    /** Returns what becomes of the next request. */
    Network.Fate fate() {
        requests++;
        if (!chance(faults)) {
            return Network.Fate.ARRIVES;
        }
        faulty++;
        Network.Fate[] fates = Network.Fate.values();
        return fates[1 + random.nextInt(fates.length - 1)];
    }

    void looked() {
        books.seeLimit();
    }

    /** A listener, which fails now and then. */
    void hear(Alert alert) {
        boolean fails = chance(faults);
        story.add(fails ? "deaf to" : "hears").add(alert.id()).end();
        if (fails) {
            throw new IllegalStateException("a listener failed");
        }
        books.heard(alert);
    }

    /** Has a request come to the store some time later. */
    void later(List<Command> commands, Runnable arrival) {
        commands.forEach(command -> books.late(command.key()));
        late.add(arrival);
    }

    /** Lets others do something. */
    void meanwhile() {
        while (faults > 0 && depth < DEEPEST && chance(0.2)) {
            step();
        }
    }

    void play(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    private void step() {
        depth++;
        try {
            Node node = oneOf(nodes);
            int what = random.nextInt(20);
            if (!late.isEmpty() && chance(0.3)) {
                late.remove(random.nextInt(late.size())).run();
            }
            if (what < 5) {
                node.work(() -> callers.use(node, books.newUse(oneOf(SUBJECTS), 1L + random.nextInt(6))));
            } else if (what < 7) {
                node.work(() -> books.again(random).ifPresent(usage -> callers.use(node, usage)));
            } else if (what < 8) {
                node.work(() -> books.again(random).ifPresent(usage -> callers.conflict(node, usage)));
            } else if (what < 12) {
                node.work(() ->
                        callers.lease(node, Usage.of(oneOf(SUBJECTS), LEASED).amount(1 + random.nextInt(2))));
            } else if (what < 13) {
                node.work(() -> callers.hold(node, oneOf(SUBJECTS)));
            } else if (what < 15) {
                node.work(node::post);
            } else if (what < 17) {
                node.work(node::dispatch);
            } else if (what < 18) {
                pass(Duration.ofMillis(random.nextInt(200)));
            } else if (what < 19 && timeFlies) {
                books.timeFlew();
                Duration time = Duration.ofMinutes(random.nextInt(400));
                if (chance(0.8)) {
                    pass(time);
                } else {
                    leap(chance(0.5) ? time.multipliedBy(4) : time.multipliedBy(-4));
                }
            } else if (plansChange && chance(0.5)) {
                node.work(() -> Callers.tolerate(() -> node.quota().plans().update(plan(oneOf(LIMITS)), BY)));
            } else if (timeFlies && !node.isBusy() && chance(0.1)) {
                story.add("crash of").add(node.number()).end();
                crashed.add(node);
                nodes.set(nodes.indexOf(node), newNode());
                books.crashed(node.number());
            }
        } finally {
            depth--;
        }
    }

    /** Ends all faults, lets everything that is under way come to its end, and closes the books. */
    void heal() {
        faults = 0;
        books.healed();
        late.forEach(Runnable::run);
        late.clear();
        // Where the clock once was, something may be due.
        pass(Duration.between(now, latest));
        for (int i = 0; i < 6; i++) {
            for (Node node : nodes) {
                require(node.post(), "a node cannot post");
                node.dispatch();
            }
            // Beyond the longest delay of an alert that failed, and the life of what a crashed node held.
            pass(Duration.ofMinutes(11));
        }
        books.open().forEach(usage -> callers.use(nodes.get(0), usage));
        nodes.forEach(Node::dispatch);
        books.close(Deadline.after(Deadline.MAX));
        pass(Duration.ofDays(1));
        for (Node node : nodes) {
            require(isFresh(node, COUNTED) && isFresh(node, LEASED), "a new day, and no use");
        }
    }

    /** Tells whether a use is allowed, and nothing is held that nobody will come back for. */
    private static boolean isFresh(Node node, String feature) {
        Usage usage = Usage.of("ann", feature).amount(1);
        boolean unheld = node.quota().check(Usage.of("bob", feature).amount(1)).held() == 0;
        return node.quota().checkAndRecord(usage).allowed() && unheld;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("all is healed, and " + otherwise);
        }
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
        crashed.forEach(Node::close);
        store.close();
    }
}
