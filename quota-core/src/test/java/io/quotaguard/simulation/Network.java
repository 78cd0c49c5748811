package io.quotaguard.simulation;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.DelegatingStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The store as one node reaches it: over a network that loses, delays and repeats, and by a clock of the node's own. */
final class Network extends DelegatingStore {
    private final World world;
    private final int node;
    private final QuotaStore store;
    private final Duration skew;

    /** What becomes of a request. */
    enum Fate {
        ARRIVES,
        /** The node is told that it did not arrive. */
        UNREACHABLE,
        /** It never arrives, and the node cannot know. */
        REQUEST_LOST,
        /** It is carried out, and the node cannot know. */
        REPLY_LOST,
        /** It is carried out some time after the node gave it up. */
        LATE,
        /** It is carried out, and once more some time later. */
        TWICE
    }

    Network(World world, int node, QuotaStore store, Duration skew) {
        super(store);
        this.world = world;
        this.node = node;
        this.store = store;
        this.skew = skew;
    }

    @Override
    public InstantSource clock() {
        return () -> world.now().plus(skew);
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        world.meanwhile();
        Fate fate = world.fate();
        List<Outcome> outcomes = switch (fate) {
            case ARRIVES -> store.execute(commands, deadline);
            case UNREACHABLE -> all(commands, new Outcome.Unavailable(unavailable(), world.chance(0.7)));
            case REQUEST_LOST -> all(commands, lost());
            case REPLY_LOST -> {
                carryOut(commands, deadline);
                yield all(commands, lost());
            }
            case LATE -> {
                world.later(commands, () -> carryOut(commands, deadline));
                yield all(commands, lost());
            }
            case TWICE -> {
                world.later(commands, () -> carryOut(commands, deadline));
                yield store.execute(commands, deadline);
            }
        };
        world.story().add(node).requests(commands).add(fate).outcomes(outcomes).end();
        world.meanwhile();
        return outcomes;
    }

    /** Nobody waits for the answer any more. */
    private void carryOut(List<Command> commands, Deadline deadline) {
        List<Outcome> outcomes = store.execute(commands, deadline);
        world.story().add("unheard").requests(commands).outcomes(outcomes).end();
    }

    private static Outcome lost() {
        return new Outcome.Unknown(new IllegalStateException("the answer was lost"));
    }

    private QuotaUnavailableException unavailable() {
        return new QuotaUnavailableException("the store cannot be reached", null, null, name());
    }

    private static List<Outcome> all(List<Command> commands, Outcome outcome) {
        return commands.stream().map(command -> outcome).toList();
    }

    @Override
    public CatalogStore catalog() {
        return over(CatalogStore.class, super.catalog());
    }

    @Override
    public LedgerStore ledger() {
        return over(LedgerStore.class, super.ledger());
    }

    @Override
    public AlertStore alerts() {
        return over(AlertStore.class, super.alerts());
    }

    /** A failure before or after: whoever gets it cannot tell which. */
    private <T> T over(Class<T> type, T part) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Fate fate = world.fate();
                    world.story().add(node).add(method.getName()).add(fate).end();
                    if (fate == Fate.UNREACHABLE || fate == Fate.REQUEST_LOST) {
                        throw unavailable();
                    }
                    try {
                        Object answer = method.invoke(part, arguments);
                        world.looked();
                        if (fate != Fate.ARRIVES) {
                            throw unavailable();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                }));
    }
}
