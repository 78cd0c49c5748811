package io.quotaguard.plan;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.Plan;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Window;
import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The resolved entitlements of the subjects that this JVM serves, cached (R25). Thread-safe.
 *
 * <p>An entry may be out of date at any time, and that is harmless: the store verifies the revisions that each command
 * carries, and answers that it is stale. The cache only saves the question.
 */
public final class Entitlements {
    private final Reader reader;
    private final Cache<String, CachedSubject> subjects;

    /** The newest version of each plan that this JVM has come across: one edit is learned once, not once per subject. */
    private final ConcurrentMap<String, Plan> newest;

    /** Counts what was learned, so that a cached subject knows whether it has looked since. */
    private final AtomicLong learned;

    /** Returns entitlements read from {@code catalog}, keeping those of up to {@code maxSubjects} subjects. */
    public Entitlements(CatalogStore catalog, long maxSubjects) {
        this.reader = catalog::load;
        this.subjects =
                Caffeine.newBuilder().maximumSize(maxSubjects).recordStats().build();
        this.newest = new ConcurrentHashMap<>();
        this.learned = new AtomicLong();
    }

    private Entitlements(Reader reader, Entitlements shared) {
        this.reader = reader;
        this.subjects = shared.subjects;
        this.newest = shared.newest;
        this.learned = shared.learned;
    }

    /** Reads what bears on a subject that is not cached. */
    @FunctionalInterface
    public interface Reader {
        SubjectCatalog load(String subject, Deadline deadline);
    }

    /** Returns the same entitlements, cached in the same place, that are read through {@code other}. */
    public Entitlements readThrough(Reader other) {
        return new Entitlements(other, this);
    }

    /** An entitlement with the terms for the window of an instant. */
    public record Resolved(Entitlement entitlement, Terms terms) {
        boolean isOfVersion(Line line) {
            return terms.version().equals(line.terms().version());
        }

        static Resolved of(SubjectCatalog catalog, String feature, Instant at) {
            return of(EntitlementResolver.resolve(catalog, feature, at), catalog, at);
        }

        static Resolved ofPool(SubjectCatalog catalog, String feature, Instant at) {
            return of(EntitlementResolver.resolvePool(catalog, feature, at), catalog, at);
        }

        private static Resolved of(Entitlement entitlement, SubjectCatalog catalog, Instant at) {
            return of(entitlement, cadenceOf(catalog).windowAt(entitlement.period(), at), catalog);
        }

        static Resolved of(Entitlement entitlement, Window window, SubjectCatalog catalog) {
            boolean granted = catalog.granted().contains(entitlement.feature());
            return new Resolved(entitlement, Terms.of(entitlement, window, granted));
        }
    }

    /**
     * What a use charges.
     *
     * @param lines the use itself first, then its pools and the credits that each of them is paid from (R40)
     * @param failurePolicy what to answer when the store cannot be asked (R43)
     */
    public record Use(List<Line> lines, FailurePolicy failurePolicy) {
        /** Tells whether it may go on without the store: its feature fails open, and each limit alone has room (R43). */
        public boolean opens() {
            return failurePolicy == FailurePolicy.OPEN
                    && lines.stream().allMatch(line -> line.terms().ceiling().admits(0, line.amount()));
        }
    }

    /**
     * Returns what {@code amount} units of a use charge at {@code at}, reading the catalog of each subject that is not
     * cached.
     *
     * @throws io.quotaguard.model.InvalidQuotaArgumentException when that many units of credits pass the largest sum (R6)
     */
    public Use resolve(String subject, String feature, long amount, Instant at, Deadline deadline) {
        return UseResolver.resolve(levels(subject, deadline), feature, amount, at);
    }

    /** Returns the line of one unit as last resolved, when such a use charges its own counter alone; else null. */
    public @Nullable Line lastKnownUnit(String subject, String feature) {
        // Not a look-up that counts: whoever asks has just looked it up.
        CachedSubject cached = subjects.asMap().get(subject);
        Resolved known = cached == null || cached.catalog.pool() != null ? null : cached.features.get(feature);
        boolean alone = known != null && known.entitlement().draw() == null;
        return alone ? new Line(subject, feature, 1, known.terms()) : null;
    }

    /** Returns what {@code subject} itself may do with {@code feature} at {@code at}, read anew. */
    public Entitlement fresh(String subject, String feature, Instant at, Deadline deadline) {
        forgetWithPools(subject);
        return UseResolver.entitlement(levels(subject, deadline), feature, at);
    }

    /** Returns every feature that a plan of the subject or of one of its pools has, by name. */
    public Set<String> featuresOf(String subject, Deadline deadline) {
        Set<String> features = new TreeSet<>();
        levels(subject, deadline).forEach(level -> features.addAll(level.catalog.features()));
        return features;
    }

    private List<CachedSubject> levels(String subject, Deadline deadline) {
        CachedSubject user = entry(subject, deadline);
        String pool = user.catalog.pool();
        if (pool == null) {
            return List.of(user);
        }
        List<CachedSubject> levels = new ArrayList<>(List.of(user));
        while (pool != null && levels.size() < SaveMembership.MAX_POOL_LEVELS) {
            CachedSubject above = entry(pool, deadline);
            levels.add(above);
            pool = above.catalog.pool();
        }
        return levels;
    }

    /** Returns the same as last known, for an answer without the store (R43); empty when it never was. */
    public Optional<Use> lastKnown(String subject, String feature, long amount, Instant at) {
        List<CachedSubject> levels = new ArrayList<>();
        String next = subject;
        while (next != null && levels.size() < SaveMembership.MAX_POOL_LEVELS) {
            CachedSubject cached = subjects.getIfPresent(next);
            if (cached == null) {
                return Optional.empty();
            }
            levels.add(upToDate(cached));
            next = cached.catalog.pool();
        }
        return Optional.of(UseResolver.resolve(levels, feature, amount, at));
    }

    /** Returns the subject's catalog as cached or read. */
    public SubjectCatalog catalogOf(String subject, Deadline deadline) {
        return entry(subject, deadline).catalog;
    }

    /** Returns by what zone and anchor the subject's windows are cut. */
    public Cadence cadenceOf(String subject, Deadline deadline) {
        return cadenceOf(catalogOf(subject, deadline));
    }

    private static Cadence cadenceOf(SubjectCatalog catalog) {
        Subscription subscription = catalog.subscription();
        return subscription == null ? Cadence.DEFAULT : subscription.cadence();
    }

    /** Drops what is cached of {@code subject} and of the pools above it, as far as these are known. */
    public void forgetWithPools(String subject) {
        String next = subject;
        while (next != null) {
            CachedSubject cached = subjects.asMap().remove(next);
            next = cached == null ? null : cached.catalog.pool();
        }
    }

    /** Drops what is cached of {@code subject}: it changed. */
    public void forget(String subject) {
        subjects.invalidate(subject);
    }

    /**
     * Drops what is cached of the line's subject, if the line was resolved from it: of many callers that find one entry
     * stale, only the first drops it, and the others use what was read since.
     */
    public void forgetStale(Line line, Instant at) {
        CachedSubject cached = subjects.getIfPresent(line.subject());
        // Another subject's stale answer may have brought the plan's newer version already.
        if (cached != null) {
            cached = upToDate(cached);
        }
        if (cached != null
                && (cached.resolve(line.feature(), at).isOfVersion(line)
                        || cached.resolveAsPool(line.feature(), at).isOfVersion(line))) {
            subjects.asMap().remove(line.subject(), cached);
        }
    }

    /** Drops everything that is cached: a plan changed, or the default. */
    public void forgetAll() {
        subjects.invalidateAll();
    }

    /** Takes note of a plan's version: whoever is cached with an older one has this one from now on. */
    public void learn(Plan plan) {
        if (plan.deleted()) {
            // Others take its place, and which ones only the catalog knows.
            newest.remove(plan.code());
            forgetAll();
            return;
        }
        // Whatever was read last is the truth: after a backup was restored, it may be an older version.
        Plan known = newest.put(plan.code(), plan);
        if (known == null || known.version() != plan.version()) {
            learned.incrementAndGet();
        }
    }

    /** Returns how often what was asked for was cached, and how often it had to be read. */
    public HitCount hits() {
        CacheStats stats = subjects.stats();
        return new HitCount(stats.hitCount(), stats.missCount());
    }

    /**
     * How the cache was hit.
     *
     * @param hits look-ups answered from the cache
     * @param misses look-ups that read the catalog
     */
    public record HitCount(long hits, long misses) {}

    private CachedSubject entry(String subject, Deadline deadline) {
        CachedSubject cached = subjects.getIfPresent(subject);
        if (cached == null) {
            // Not Caffeine's own loading: a caller would wait for another caller's read, beyond its own deadline (R45).
            SubjectCatalog read = reader.load(subject, deadline);
            read.plans().values().stream().filter(plan -> !plan.deleted()).forEach(this::learn);
            cached = new CachedSubject(read, learned.get());
            subjects.put(subject, cached);
        }
        return upToDate(cached);
    }

    private CachedSubject upToDate(CachedSubject cached) {
        long now = learned.get();
        if (cached.learned == now) {
            return cached;
        }
        List<Plan> newer = cached.catalog.plans().values().stream()
                .map(plan -> newest.getOrDefault(plan.code(), plan))
                .filter(plan -> plan.version() > cached.version(plan.code()))
                .toList();
        if (newer.isEmpty()) {
            cached.learned = now;
            return cached;
        }
        SubjectCatalog current = cached.catalog;
        for (Plan plan : newer) {
            current = current.withEdited(plan);
        }
        CachedSubject edited = new CachedSubject(current, now);
        // Only in the place of what was looked at: somebody may have dropped or renewed it meanwhile.
        subjects.asMap().replace(current.subject(), cached, edited);
        return edited;
    }

    /** One subject's catalog and what was resolved from it. */
    private static final class CachedSubject implements UseResolver.Level {
        private final SubjectCatalog catalog;
        private final ConcurrentMap<String, Resolved> features = new ConcurrentHashMap<>();
        private final ConcurrentMap<String, Resolved> featuresAsPool = new ConcurrentHashMap<>();
        private volatile long learned;

        CachedSubject(SubjectCatalog catalog, long learned) {
            this.catalog = catalog;
            this.learned = learned;
        }

        long version(String plan) {
            Plan held = catalog.plans().get(plan);
            return held == null ? 0 : held.version();
        }

        @Override
        public SubjectCatalog catalog() {
            return catalog;
        }

        @Override
        public Resolved resolve(String feature, Instant at) {
            return resolve(features, feature, at, Resolved::of);
        }

        @Override
        public Resolved resolveAsPool(String feature, Instant at) {
            return resolve(featuresAsPool, feature, at, Resolved::ofPool);
        }

        private Resolved resolve(
                ConcurrentMap<String, Resolved> cached, String feature, Instant at, Resolving resolving) {
            Resolved known = cached.get(feature);
            if (known != null && known.terms().holdAt(at)) {
                return known;
            }
            Resolved fresh = resolving.of(catalog, feature, at);
            // Only features that the subject has are kept, so that made-up names cannot fill the memory.
            if (fresh.entitlement().standing() == Standing.GRANTED) {
                cached.put(feature, fresh);
            }
            return fresh;
        }
    }

    @FunctionalInterface
    private interface Resolving {
        Resolved of(SubjectCatalog catalog, String feature, Instant at);
    }
}
