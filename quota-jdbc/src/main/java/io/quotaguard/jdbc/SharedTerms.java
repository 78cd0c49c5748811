package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The terms of many counters, each of which is named once: subjects of one plan have the same but for the revision of their
 * own entries.
 *
 * @param distinct the terms, that revision left out
 * @param places for each counter the place of its terms among these, from 1
 * @param subjectRevisions for each counter the revision that was left out
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to the driver as they are, and never compared
record SharedTerms(List<OfFeature> distinct, int[] places, long[] subjectRevisions) {
    /** A revision that nothing ever has: of two that differ one is stale, whatever the store has. */
    private static final long DISAGREEMENT = -2;

    /** What is the same for many subjects. */
    record OfFeature(String feature, Terms terms) {}

    /** Returns since when all of them are valid in windows that are all current. */
    Instant from() {
        return distinct.stream()
                .map(OfFeature::terms)
                .flatMap(each -> Stream.of(
                        Optional.ofNullable(each.validFrom()),
                        Optional.of(each.window().start())))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Returns how long all of them stay valid in windows that are all current; null when that never ends. */
    @Nullable
    Instant until() {
        return distinct.stream()
                .map(OfFeature::terms)
                .flatMap(each -> Stream.of(
                        Optional.ofNullable(each.validUntil()),
                        Optional.ofNullable(each.window().end())))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Returns the version of each plan behind them; one that it never has where they disagree. */
    Map<String, Long> plans() {
        Map<String, Long> versions = new LinkedHashMap<>();
        for (OfFeature each : distinct) {
            CatalogVersion version = each.terms().version();
            if (version.planCode() != null) {
                versions.merge(
                        version.planCode(), version.plan(), (one, other) -> one.equals(other) ? one : DISAGREEMENT);
            }
        }
        return versions;
    }

    /** Returns the revision of the default plan on which any of them depends; one that it never has when they disagree. */
    long defaultPlan() {
        long common = CatalogVersion.NOT_USED;
        for (OfFeature each : distinct) {
            long own = each.terms().version().defaultPlan();
            if (own != CatalogVersion.NOT_USED && common != CatalogVersion.NOT_USED && own != common) {
                return DISAGREEMENT;
            }
            common = Math.max(common, own);
        }
        return common;
    }

    /** Returns the terms of counters, {@code own} being each counter's. */
    static SharedTerms of(List<CounterKey> counters, Terms[] own) {
        List<OfFeature> distinct = new ArrayList<>();
        Map<OfFeature, Integer> known = new HashMap<>();
        int[] places = new int[own.length];
        long[] revisions = new long[own.length];
        for (int i = 0; i < own.length; i++) {
            OfFeature shared = new OfFeature(counters.get(i).feature(), withoutSubject(own[i]));
            Integer place = known.get(shared);
            if (place == null) {
                distinct.add(shared);
                place = distinct.size();
                known.put(shared, place);
            }
            places[i] = place;
            revisions[i] = own[i].version().subject();
        }
        return new SharedTerms(distinct, places, revisions);
    }

    private static Terms withoutSubject(Terms terms) {
        CatalogVersion version = terms.version();
        return new Terms(
                terms.standing(),
                terms.limit(),
                terms.ceiling(),
                terms.thresholds(),
                terms.source(),
                terms.window(),
                terms.validFrom(),
                terms.validUntil(),
                new CatalogVersion(0, version.planCode(), version.plan(), version.defaultPlan()),
                terms.granted());
    }
}
