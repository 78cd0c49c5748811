package io.quotaguard.jdbc;

import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.CatalogOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The names under which changes refer to plans: each must lead to a plan that is there, and to an end. Thread-safe.
 *
 * <p>Whoever names a plan locks its row, weakly enough that any number may do so at once and that edits go on; whoever
 * deletes it locks the row against all of them. So neither can slip past the other.
 */
final class PlanReferences {
    /** No chain of fallbacks is this long; a broken one must not hang the change. */
    private static final int MAX_STEPS = 100_000;

    private final String lock;
    private final String pinned;
    private final String unchanged;
    private final String chain;
    private final String user;

    PlanReferences(Database database) {
        lock = database.sql("""
                SELECT code FROM ${quota_schema}.plan
                 WHERE code = ANY (:codes) AND status <> 'DELETED'
                 ORDER BY code
                   FOR KEY SHARE
                """);
        pinned = database.sql("""
                SELECT 1 FROM ${quota_schema}.plan_version WHERE code = :code AND version = :version
                """);
        unchanged = database.sql("""
                SELECT 1 FROM ${quota_schema}.plan WHERE code = :code AND fallback = :fallback
                """);
        chain = database.sql("""
                WITH RECURSIVE chain AS (
                    SELECT :fallback::text COLLATE "C" AS code, 1 AS step
                    UNION ALL
                    SELECT p.fallback, c.step + 1
                      FROM chain c
                      JOIN ${quota_schema}.plan p ON p.code = c.code
                     WHERE p.fallback IS NOT NULL AND c.code <> :code AND c.step < :maxSteps)
                SELECT code FROM chain ORDER BY step
                """);
        user = database.sql("SELECT ${quota_schema}.quota_plan_user(:code)");
    }

    /** Returns why the plans that a change names stand in its way; locks them when they do not. */
    Optional<CatalogOutcome> obstacle(Handle handle, CatalogCommand command) {
        if (command instanceof SavePlan save) {
            return fallbackObstacle(handle, save.plan().code(), save.plan().fallback());
        } else if (command instanceof DeletePlan delete) {
            return delete.replacement() == null
                    ? userOf(handle, delete.code())
                    : fallbackObstacle(handle, delete.code(), delete.replacement());
        } else if (command instanceof SaveDefaultPlan save) {
            return missing(handle, save.plan());
        } else if (command instanceof SaveSubscription save) {
            if (save.subscription().endedBy(save.madeAt())) {
                // Only the audit is left of it, whatever became of its plans.
                return Optional.empty();
            }
            Subscription.Phase latest = save.subscription().latest();
            Optional<CatalogOutcome> missing =
                    missing(handle, latest.plan(), save.subscription().term().fallback());
            return missing.isPresent() ? missing : missingVersion(handle, latest);
        }
        return Optional.empty();
    }

    private Optional<CatalogOutcome> fallbackObstacle(Handle handle, String code, @Nullable String fallback) {
        if (fallback == null) {
            return Optional.empty();
        }
        boolean stands = handle.createQuery(unchanged)
                .bind("code", code)
                .bind("fallback", fallback)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (stands) {
            // Deleted or not, something is in its place.
            return Optional.empty();
        }
        if (!fallback.equals(code)) {
            Optional<CatalogOutcome> missing = missing(handle, fallback);
            if (missing.isPresent()) {
                return missing;
            }
        }
        List<String> path = new ArrayList<>(List.of(code));
        path.addAll(handle.createQuery(chain)
                .bind("code", code)
                .bind("fallback", fallback)
                .bind("maxSteps", MAX_STEPS)
                .mapTo(String.class)
                .list());
        return path.get(path.size() - 1).equals(code)
                ? Optional.of(new CatalogOutcome.FallbackCycle(path))
                : Optional.empty();
    }

    private Optional<CatalogOutcome> userOf(Handle handle, String code) {
        return handle.createQuery(user)
                .bind("code", code)
                .map((row, context) -> Optional.ofNullable(row.getString(1)))
                .one()
                .map(by -> new CatalogOutcome.PlanInUse(code, by));
    }

    private Optional<CatalogOutcome> missing(Handle handle, @Nullable String... named) {
        Set<String> wanted =
                new TreeSet<>(Stream.of(named).filter(Objects::nonNull).toList());
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        List<String> found = handle.createQuery(lock)
                .bindArray("codes", String.class, wanted)
                .mapTo(String.class)
                .list();
        return Stream.of(named)
                .filter(code -> code != null && !found.contains(code))
                .findFirst()
                .map(CatalogOutcome.NoSuchPlan::new);
    }

    private Optional<CatalogOutcome> missingVersion(Handle handle, Subscription.Phase phase) {
        Long version = phase.pinnedVersion();
        boolean exists = version == null
                || handle.createQuery(pinned)
                        .bind("code", phase.plan())
                        .bind("version", version)
                        .mapTo(Integer.class)
                        .findOne()
                        .isPresent();
        return exists ? Optional.empty() : Optional.of(new CatalogOutcome.NoSuchPlan(phase.plan()));
    }
}
