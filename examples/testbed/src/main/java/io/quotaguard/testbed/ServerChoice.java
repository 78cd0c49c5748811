package io.quotaguard.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The choice among the servers of one kind that tests can be run on.
 *
 * <ol>
 *   <li>The variable of this kind that holds an address: the server there.
 *   <li>{@code QUOTA_TEST_BACKEND}: the source of this name, such as {@code testcontainers}. Docker is asked for only so,
 *       since looking for it can block for a minute where its socket accepts and never answers.
 *   <li>Otherwise, or with {@code QUOTA_TEST_BACKEND=embedded}: an embedded server.
 * </ol>
 *
 * @param kind what its servers are called, such as {@code Redis}
 * @param addressVariable the environment variable that holds an address
 * @param sourceType what sources of this kind implement
 * @param embedded starts an embedded server and gives its address
 * @param parse takes an address apart, or throws {@link IllegalArgumentException}
 * @param <S> the sources of this kind
 * @param <A> the addresses of this kind
 */
record ServerChoice<S extends ServerSource, A>(
        String kind,
        String addressVariable,
        Class<S> sourceType,
        Supplier<String> embedded,
        Function<String, A> parse) {
    static final String BACKEND = "QUOTA_TEST_BACKEND";

    private static final String EMBEDDED = "embedded";

    /**
     * What was chosen.
     *
     * @param origin which server it is, for logs
     * @param named whether it was there before and goes on without these tests
     */
    record Chosen<A>(String origin, A address, boolean named) {}

    /** Chooses by this JVM's environment and class path. */
    Chosen<A> choose() {
        return choose(System.getenv(), ServiceLoader.load(sourceType));
    }

    /** The choice itself, with everything it looks at handed in. */
    Chosen<A> choose(Map<String, String> environment, Iterable<S> sources) {
        String address = environment.getOrDefault(addressVariable, "").strip();
        if (!address.isEmpty()) {
            return new Chosen<>("the " + kind + " of " + addressVariable, parse(addressVariable, address), true);
        }
        String backend = environment.getOrDefault(BACKEND, "").strip();
        if (backend.isEmpty() || backend.equals(EMBEDDED)) {
            return new Chosen<>(EMBEDDED + " " + kind, parse("The embedded server", embedded.get()), false);
        }
        S source = named(backend, sources);
        Runtime.getRuntime().addShutdownHook(new Thread(source::stop, "test-server-shutdown"));
        return new Chosen<>(backend + " " + kind, parse("The source " + backend, startOf(source)), false);
    }

    private String startOf(S source) {
        try {
            return source.start();
        } catch (NoClassDefFoundError e) {
            throw new TestServerException(
                    BACKEND + " asks for '" + source.name() + "', whose library is not on the class path: build with -P"
                            + source.name(),
                    e);
        }
    }

    private S named(String backend, Iterable<S> sources) {
        List<String> found = new ArrayList<>(List.of(EMBEDDED));
        for (S source : sources) {
            if (source.name().equals(backend)) {
                return source;
            }
            found.add(source.name());
        }
        throw new TestServerException(BACKEND + " asks for '" + backend + "', but the class path offers only " + found
                + ". Add the module that provides " + sourceType.getName() + " for it, or unset " + BACKEND);
    }

    private A parse(String origin, String address) {
        try {
            return parse.apply(address);
        } catch (IllegalArgumentException e) {
            throw new TestServerException(origin + ": " + e.getMessage(), e);
        }
    }
}
