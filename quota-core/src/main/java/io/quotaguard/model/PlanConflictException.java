package io.quotaguard.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Thrown when somebody else edited a plan first: it carries both, so that a person can choose; nothing was changed (R23). */
public final class PlanConflictException extends CatalogConflictException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Plan wanted;
    private final transient @Nullable Plan found;

    /** Made by {@code plans()}. */
    public PlanConflictException(Plan wanted, Plan found, @Nullable String key, String store) {
        super(
                "plan " + wanted.code() + " was read at version " + wanted.version() + " and is at version "
                        + found.version() + " now (R23); found against wanted: " + text(differences(found, wanted)),
                key,
                store);
        this.wanted = wanted;
        this.found = found;
    }

    /** Returns the plan as the caller wants it; empty in a copy that was serialized. */
    public Optional<Plan> wanted() {
        return Optional.ofNullable(wanted);
    }

    /** Returns the plan as it is now; empty in a copy that was serialized. */
    public Optional<Plan> found() {
        return Optional.ofNullable(found);
    }

    /** Returns where the two differ: before is what was found, after what was wanted. */
    public List<AuditState.Difference> differences() {
        return found == null || wanted == null ? List.of() : differences(found, wanted);
    }

    private static List<AuditState.Difference> differences(Plan found, Plan wanted) {
        return AuditState.differences(AuditState.of(found), AuditState.of(wanted));
    }

    private static String text(List<AuditState.Difference> differences) {
        return differences.isEmpty()
                ? "no difference"
                : differences.stream()
                        .map(AuditState.Difference::toString)
                        .map(InvalidQuotaArgumentException::escape)
                        .collect(Collectors.joining("; "));
    }
}
