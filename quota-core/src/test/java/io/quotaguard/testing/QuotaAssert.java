package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import java.util.OptionalLong;

/** States what a subject has used and has left; a statement that is wrong throws an {@link AssertionError}. */
public final class QuotaAssert {
    private final QuotaGuard guard;
    private final String subject;
    private final String feature;

    /** Looks at one subject's feature through {@code guard}, in the window that is current at each statement. */
    public QuotaAssert(QuotaGuard guard, String subject, String feature) {
        this.guard = guard;
        this.subject = subject;
        this.feature = feature;
    }

    /** States how many units are used. */
    public QuotaAssert hasUsed(long units) {
        Decision now = guard.check(subject, feature);
        return holds(now.used() == units, "to have used " + units, now);
    }

    /** States how many units are left; a feature without a limit has no such number. */
    public QuotaAssert hasLeft(long units) {
        Decision now = guard.check(subject, feature);
        return holds(now.remaining().equals(OptionalLong.of(units)), "to have " + units + " left", now);
    }

    /** States that one more unit would be refused. */
    public QuotaAssert isRefused() {
        Decision now = guard.check(subject, feature);
        return holds(!now.allowed(), "to be refused", now);
    }

    /** States that one more unit would pass. */
    public QuotaAssert isAllowed() {
        Decision now = guard.check(subject, feature);
        return holds(now.allowed(), "to be allowed", now);
    }

    private QuotaAssert holds(boolean fact, String expected, Decision now) {
        if (!fact) {
            throw new AssertionError("expected " + subject + " / " + feature + " " + expected + ", but used "
                    + now.used() + " of " + now.limit()
                    + now.reason().map(reason -> ", refused with " + reason).orElse(""));
        }
        return this;
    }
}
