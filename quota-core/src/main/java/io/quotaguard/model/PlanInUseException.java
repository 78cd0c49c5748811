package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/** Thrown when a plan cannot be deleted because something still names it; nothing was changed. */
public final class PlanInUseException extends QuotaException {
    private static final long serialVersionUID = 1L;

    private final String plan;

    /** Made by {@code plans()}. */
    public PlanInUseException(String plan, String by, @Nullable String key, String store) {
        super(
                "plan " + InvalidQuotaArgumentException.escape(plan) + " is still named by "
                        + InvalidQuotaArgumentException.escape(by)
                        + "; name the plan that takes its place, or move them first",
                null,
                key,
                store);
        this.plan = plan;
    }

    public String plan() {
        return plan;
    }
}
