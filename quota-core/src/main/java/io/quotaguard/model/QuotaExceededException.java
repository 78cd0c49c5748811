package io.quotaguard.model;

/** Thrown by {@link Decision#orThrow()} for a refusal; carries the decision. */
public final class QuotaExceededException extends QuotaException {
    private static final long serialVersionUID = 1L;

    private final transient Decision decision;

    public QuotaExceededException(Decision decision) {
        super(text(decision), null, decision.key(), null);
        this.decision = decision;
    }

    public Decision decision() {
        return decision;
    }

    private static String text(Decision decision) {
        StringBuilder text = new StringBuilder("quota refused: ");
        for (Verdict refused : decision.refused()) {
            text.append(refused.subject())
                    .append(" / ")
                    .append(refused.feature())
                    .append(" asked for ")
                    .append(refused.amount())
                    .append(", ")
                    .append(refused.refusal())
                    .append(" (used ")
                    .append(refused.counter().taken())
                    .append(" of ")
                    .append(refused.limit())
                    .append(refused.resetsAt().map(at -> ", resets at " + at).orElse(""))
                    .append("); ");
        }
        return text.substring(0, text.length() - 2);
    }
}
