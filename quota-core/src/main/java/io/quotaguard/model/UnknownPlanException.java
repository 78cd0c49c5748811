package io.quotaguard.model;

/** Thrown when a plan is named that the catalog does not have; nothing was changed. */
public final class UnknownPlanException extends QuotaException {
    private static final long serialVersionUID = 1L;

    private final String plan;

    public UnknownPlanException(String plan, String store) {
        super("there is no plan " + plan + "; create it with plans().create(…) first", null, null, store);
        this.plan = plan;
    }

    public String plan() {
        return plan;
    }
}
