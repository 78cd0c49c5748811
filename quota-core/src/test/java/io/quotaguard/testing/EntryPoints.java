package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.JoinedQuota;
import io.quotaguard.Meter;
import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.plan.PlansFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every public call of a guard and of what a guard hands out, found by reflection, so that a new one cannot be forgotten: one
 * whose arguments are not known here is an error. For tests of what holds for all of them. Not thread-safe.
 */
public final class EntryPoints {
    /** A subject, a feature, a plan and a key of this name make most arguments one. */
    private static final String NAME = "u";

    /** Ends by a rule of its own; takes the host's transaction, whose connection and patience are the host's. */
    private static final Set<String> LEFT_OUT = Set.of("QuotaGuard.close", "QuotaGuard.in");

    private final Map<Class<?>, Supplier<Object>> samples = new HashMap<>();
    private final List<EntryPoint> points = new ArrayList<>();

    private record EntryPoint(String name, Callable<?> call) {}

    /**
     * How a call ended.
     *
     * @param name its type, name and parameters
     * @param failure what it threw
     */
    private record Ended(
            String name, Duration took, @Nullable Throwable failure) {}

    private EntryPoints(Duration ttl) {
        Change change = Change.by("test");
        LocalDate day = LocalDate.of(2026, 3, 10);
        samples.put(String.class, () -> NAME);
        samples.put(long.class, () -> 1L);
        samples.put(int.class, () -> 5);
        samples.put(Change.class, () -> change);
        samples.put(Usage.class, () -> Usage.of(NAME, NAME));
        samples.put(List.class, () -> List.of(Usage.of(NAME, NAME)));
        samples.put(Collection.class, () -> List.of(1L));
        samples.put(Duration.class, () -> ttl);
        samples.put(Instant.class, () -> Instant.parse("2026-03-10T12:00:00Z"));
        samples.put(Callable.class, () -> (Callable<String>) () -> NAME);
        samples.put(Consumer.class, () -> (Consumer<Object>) drift -> {});
        samples.put(Plan.class, EntryPoints::plan);
        samples.put(PlansFile.class, () -> PlansFile.of(List.of(plan()), NAME));
        samples.put(Anchor.class, () -> Anchor.DEFAULT);
        samples.put(Term.class, () -> Term.OPEN);
        samples.put(Subscription.Start.class, () -> Subscription.Start.NOW);
        samples.put(FeatureOverride.class, () -> FeatureOverride.ofLimit(NAME, NAME, 900_000));
        samples.put(Grant.class, () -> Grant.of(NAME, NAME, 5));
        samples.put(Correction.class, () -> Correction.ofKey(NAME, NAME, NAME).by(1));
        samples.put(UsageQuery.class, () -> UsageQuery.of(NAME));
        samples.put(StatisticsQuery.class, () -> StatisticsQuery.daily(NAME, day, day.plusDays(1)));
        samples.put(OverrideQuery.class, OverrideQuery::all);
        samples.put(CatalogQuery.class, CatalogQuery::all);
    }

    private static Plan plan() {
        return Plan.named(NAME).limit(NAME, 1_000_000, ResetPeriod.DAILY).build();
    }

    /**
     * Finds them, on a store that is well and holds nothing yet.
     *
     * @param patient makes what is there to be used
     * @param quota whose calls they are, on the same store
     * @param ttl for whatever takes a duration, be it a reservation's life or the deadline of a long read
     */
    public static EntryPoints of(QuotaGuard patient, QuotaGuard quota, Duration ttl) {
        Change change = Change.by("test");
        patient.plans().create(plan(), change);
        patient.plans().setDefault(NAME, change);
        patient.subscriptions().subscribe(NAME, NAME, change);
        patient.checkAndRecord(Usage.of(NAME, NAME).key(NAME));
        EntryPoints found = new EntryPoints(ttl);
        found.add(QuotaGuard.class, () -> quota);
        found.points.sort(Comparator.comparing(EntryPoint::name));
        return found;
    }

    /** Adds the calls of {@code type}, each on an instance of its own that is made now. */
    private void add(Class<?> type, Supplier<Object> room) {
        for (Method method : type.getDeclaredMethods()) {
            String name = type.getSimpleName() + "." + method.getName();
            boolean asks = Modifier.isPublic(method.getModifiers())
                    && !Modifier.isStatic(method.getModifiers())
                    && !method.isSynthetic()
                    && !method.getName().equals("toString")
                    && !LEFT_OUT.contains(name);
            if (!asks) {
                continue;
            }
            Object instance = room.get();
            Object[] arguments = Arrays.stream(method.getParameterTypes())
                    .map(parameter -> sample(parameter, name))
                    .toArray();
            points.add(new EntryPoint(
                    name + Arrays.toString(method.getParameterTypes()), () -> call(method, instance, arguments)));
            if (isRoom(method.getReturnType()) && method.getReturnType() != type) {
                add(method.getReturnType(), () -> call(method, instance, arguments));
            }
        }
    }

    /** Tells what hands out further calls: no value, but an object of the guard's. */
    private static boolean isRoom(Class<?> type) {
        return type.getName().startsWith("io.quotaguard.")
                && !type.isRecord()
                && !type.getPackageName().endsWith(".model")
                && type != QuotaGuard.class
                && type != JoinedQuota.class
                && (type == Meter.class || type == Reservation.class || hasCalls(type));
    }

    private static boolean hasCalls(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(method ->
                        Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()));
    }

    private Object sample(Class<?> parameter, String name) {
        Supplier<Object> sample = samples.get(parameter);
        if (sample == null) {
            throw new AssertionError("say here what to call " + name + " with for a " + parameter.getName());
        }
        return sample.get();
    }

    @SuppressWarnings("NullAway") // What it returns is of no interest, except for a room, which is never null.
    private static Object call(Method method, Object instance, Object[] arguments) {
        try {
            return method.invoke(instance, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException thrown ? thrown : new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns their names, in order. */
    public List<String> names() {
        return points.stream().map(EntryPoint::name).toList();
    }

    /**
     * Calls each once, so many at a time, and waits for their ends.
     *
     * @throws AssertionError when one failed as no call may, or took longer than {@code latest}
     */
    public void endInTime(String fault, int threads, Duration latest) {
        List<Ended> ended = callEach(threads);
        Ended slowest = Collections.max(ended, Comparator.comparing(Ended::took));
        System.out.printf(
                "%s: %d calls ended, %d of them with a failure; the slowest, %s, took %d ms%n",
                fault,
                ended.size(),
                ended.stream().filter(one -> one.failure() != null).count(),
                slowest.name(),
                slowest.took().toMillis());
        assertThat(ended)
                .allSatisfy(one -> assertThat(one.took()).as(one.name()).isLessThan(latest))
                .allMatch(
                        one -> one.failure() == null || one.failure() instanceof QuotaException,
                        "failed as a guard may");
    }

    /** Calls each once, so many at a time, and waits for their ends. */
    private List<Ended> callEach(int threads) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Ended>> calls = new ArrayList<>();
            points.forEach(point -> calls.add(pool.submit(() -> end(point))));
            List<Ended> ended = new ArrayList<>();
            for (Future<Ended> call : calls) {
                ended.add(call.get());
            }
            return ended;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("the calls were not ended", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private static Ended end(EntryPoint point) {
        long start = System.nanoTime();
        Throwable failure = null;
        try {
            if (point.call().call() instanceof CompletionStage<?> later) {
                later.toCompletableFuture().join();
            }
        } catch (CompletionException e) {
            failure = e.getCause();
        } catch (Exception e) {
            failure = e;
        }
        return new Ended(point.name(), Duration.ofNanos(System.nanoTime() - start), failure);
    }
}
