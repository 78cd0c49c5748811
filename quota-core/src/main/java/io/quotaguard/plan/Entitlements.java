package io.quotaguard.plan;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The resolved entitlements of the subjects that this JVM serves, cached (R25). Thread-safe.
 *
 * <p>An entry may be out of date at any time, and that is harmless: the store verifies the revisions that each command
 * carries, and answers that it is stale. The cache only saves the question.
 */
public final class Entitlements {
    private final CatalogStore catalog;
    private final Cache<String, CachedSubject> subjects;

    /** Returns entitlements read from {@code catalog}, keeping those of up to {@code maxSubjects} subjects. */
    public Entitlements(CatalogStore catalog, long maxSubjects) {
        this.catalog = catalog;
        this.subjects = Caffeine.newBuilder().maximumSize(maxSubjects).build();
    }

    /** An entitlement with the terms for the window of an instant. */
    public record Resolved(Entitlement entitlement, Terms terms) {
        static Resolved of(SubjectCatalog catalog, String feature, Instant at) {
            Entitlement entitlement = EntitlementResolver.resolve(catalog, feature, at);
            Subscription subscription = catalog.subscription();
            Cadence cadence = subscription == null ? Cadence.DEFAULT : subscription.cadence();
            return new Resolved(entitlement, Terms.of(entitlement, cadence.windowAt(entitlement.period(), at)));
        }
    }

    /** Returns what {@code subject} may do with {@code feature} at {@code at}, reading the catalog when it is not cached. */
    public Resolved resolve(String subject, String feature, Instant at, Deadline deadline) {
        return entry(subject, deadline).resolve(feature, at);
    }

    /** Returns the last known entitlement, for an answer without the store (R43); empty when none was ever read. */
    public Optional<Resolved> lastKnown(String subject, String feature, Instant at) {
        return Optional.ofNullable(subjects.getIfPresent(subject)).map(entry -> entry.resolve(feature, at));
    }

    /** Returns the subject's catalog as cached or read. */
    public SubjectCatalog catalogOf(String subject, Deadline deadline) {
        return entry(subject, deadline).catalog;
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
        if (cached != null
                && cached.resolve(line.feature(), at)
                        .terms()
                        .version()
                        .equals(line.terms().version())) {
            subjects.asMap().remove(line.subject(), cached);
        }
    }

    /** Drops everything that is cached: a plan changed, or the default. */
    public void forgetAll() {
        subjects.invalidateAll();
    }

    private CachedSubject entry(String subject, Deadline deadline) {
        CachedSubject cached = subjects.getIfPresent(subject);
        if (cached == null) {
            // Not Caffeine's own loading: a caller would wait for another caller's read, beyond its own deadline (R45).
            cached = new CachedSubject(catalog.load(subject, deadline));
            subjects.put(subject, cached);
        }
        return cached;
    }

    /** One subject's catalog and what was resolved from it. */
    private static final class CachedSubject {
        private final SubjectCatalog catalog;
        private final ConcurrentMap<String, Resolved> features = new ConcurrentHashMap<>();

        CachedSubject(SubjectCatalog catalog) {
            this.catalog = catalog;
        }

        Resolved resolve(String feature, Instant at) {
            Resolved known = features.get(feature);
            if (known != null && known.terms().holdAt(at)) {
                return known;
            }
            Resolved fresh = Resolved.of(catalog, feature, at);
            // Only features that the subject has are kept, so that made-up names cannot fill the memory.
            if (fresh.entitlement().standing() == Standing.GRANTED) {
                features.put(feature, fresh);
            }
            return fresh;
        }
    }
}
