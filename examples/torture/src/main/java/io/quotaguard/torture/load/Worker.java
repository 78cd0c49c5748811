package io.quotaguard.torture.load;

import io.quotaguard.Reservation;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One caller among many. What it asks for follows from its seed; what comes of it does not. */
public final class Worker {
    private static final int REPEATS = 3;
    private static final int REMEMBERED = 64;

    private final Caller caller;
    private final World world;
    private final String name;
    private final Random random;
    private final List<Request> answered = new ArrayList<>();
    private final List<Request> unanswered = new ArrayList<>();
    private int keys;

    /** A use with its key, to be asked again. */
    private record Request(String key, List<Item> items) {}

    /** @param name begins this worker's keys, which no other worker's do */
    public Worker(Caller caller, World world, String name, long seed) {
        this.caller = caller;
        this.world = world;
        this.name = name;
        this.random = new Random(seed);
    }

    /** Calls until told to stop; what is then without an answer is left for {@link #resolve}. */
    public void run(BooleanSupplier stopped) {
        while (!stopped.getAsBoolean()) {
            step();
        }
    }

    /** Makes one request, repeated while there is no answer. */
    void step() {
        int dice = random.nextInt(100);
        if (dice < 32) {
            use(List.of(hot(1 + random.nextInt(3))));
        } else if (dice < 52) {
            use(List.of(wide(World.WIDE)));
        } else if (dice < 61) {
            use(List.of(new Item(world.wide(random.nextInt(World.TICK_SUBJECTS)), World.TICK, 1 + random.nextInt(3))));
        } else if (dice < 69) {
            use(List.of(hot(1 + random.nextInt(2)), wide(World.WIDE), wide(World.TICK)));
        } else if (dice < 77) {
            hold();
        } else if (dice < 80) {
            use(List.of(held(1 + random.nextInt(2))));
        } else if (dice < 84) {
            correct();
        } else if (dice < 94) {
            caller.leasedUse(new Item(world.wide(random.nextInt(world.leasedSubjects())), World.LEASED, 1));
        } else {
            askAgain(dice < 97);
        }
    }

    /** Asks again what has no answer yet, until it has one or {@code stopped}; a caller that did not would not know either. */
    public void resolve(BooleanSupplier stopped) {
        for (Request request : unanswered) {
            while (!stopped.getAsBoolean() && open(caller.use(request.key(), request.items()))) {
                pause();
            }
        }
    }

    private void use(List<Item> items) {
        Request request = new Request(newKey(), items);
        Ending ending = insist(request);
        if (open(ending)) {
            unanswered.add(request);
        } else if (ending == Ending.OK) {
            if (answered.size() == REMEMBERED) {
                answered.remove(0);
            }
            answered.add(request);
        }
    }

    private Ending insist(Request request) {
        Ending ending = caller.use(request.key(), request.items());
        for (int i = 0; i < REPEATS && open(ending); i++) {
            pause();
            ending = caller.use(request.key(), request.items());
        }
        return ending;
    }

    private static boolean open(Ending ending) {
        return ending == Ending.UNKNOWN || ending == Ending.UNAVAILABLE;
    }

    /** The same request again, or another under the same key. */
    private void askAgain(boolean same) {
        if (answered.isEmpty()) {
            return;
        }
        Request request = answered.get(random.nextInt(answered.size()));
        if (same) {
            caller.use(request.key(), request.items());
            return;
        }
        List<Item> others = request.items().stream()
                .map(item -> new Item(item.subject(), item.feature(), item.amount() + 1))
                .toList();
        caller.use(request.key(), others);
    }

    private void hold() {
        String key = newKey();
        Item item = held(2 + random.nextInt(4));
        Caller.Held held = new Caller.Held();
        Ending ending = caller.reserve(key, item, held);
        for (int i = 0; i < REPEATS && open(ending); i++) {
            pause();
            ending = caller.reserve(key, item, held);
        }
        Reservation reservation = held.reservation;
        if (reservation == null) {
            return;
        }
        int again = random.nextInt(4);
        if (again < 2) {
            caller.reserve(key, item, held);
        } else if (again == 2) {
            caller.reserve(key, new Item(item.subject(), item.feature(), item.amount() + 1), held);
        }
        int fate = random.nextInt(10);
        if (fate < 3) {
            Item part = new Item(item.subject(), item.feature(), 1 + random.nextInt((int) item.amount()));
            caller.commit(key, reservation, part);
            if (fate == 0) {
                caller.commit(key, reservation, part);
            }
        } else if (fate < 9) {
            caller.release(key, reservation, item);
        }
    }

    private void correct() {
        if (answered.isEmpty()) {
            return;
        }
        Request request = answered.remove(random.nextInt(answered.size()));
        Item item = request.items().get(0);
        if (request.items().size() == 1) {
            String key = newKey();
            Item back = new Item(item.subject(), item.feature(), 1 + random.nextInt((int) item.amount()));
            if (open(caller.correct(key, request.key(), back))) {
                pause();
                caller.correct(key, request.key(), back);
            }
        }
    }

    private Item hot(int amount) {
        return new Item(world.hot(random.nextInt(world.hotSubjects())), World.HOT, amount);
    }

    /** Held by some, and used by others without a hold. */
    private Item held(int amount) {
        return new Item(world.wide(random.nextInt(World.HELD_SUBJECTS)), World.HELD, amount);
    }

    private Item wide(String feature) {
        return new Item(world.wide(random.nextInt(world.wideSubjects())), feature, 1 + random.nextInt(2));
    }

    private String newKey() {
        keys++;
        return name + "-" + keys;
    }

    private void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10 + random.nextInt(60)));
    }
}
