package io.quotaguard.torture.history;

import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import org.jspecify.annotations.Nullable;

/**
 * What a caller was told about one line.
 *
 * @param amount units charged or held, or asked for in vain
 * @param refusal why it was refused, or null
 * @param used units used by what the decision says
 * @param held units held by what the decision says
 * @param plan the plan that gave the limit, or null
 * @param version of the plan
 */
public record Answer(
        String subject,
        String feature,
        long amount,
        @Nullable RefusalReason refusal,
        Limit limit,
        long used,
        long held,
        @Nullable Window window,
        @Nullable String plan,
        long version) {

    /** Returns what a verdict tells a caller. */
    public static Answer of(Verdict verdict) {
        LimitSource source = verdict.source();
        return new Answer(
                verdict.subject(),
                verdict.feature(),
                verdict.amount(),
                verdict.refusal(),
                verdict.limit(),
                verdict.counter().used(),
                verdict.counter().held(),
                verdict.window(),
                source.plan(),
                source.planVersion());
    }

    @Override
    public String toString() {
        String about = subject + "/" + feature + ": " + used + " used and " + held + " held of " + limit
                + (plan == null ? "" : " by " + plan + " v" + version);
        return refusal == null ? about : about + ", no room for " + amount + " (" + refusal + ")";
    }
}
