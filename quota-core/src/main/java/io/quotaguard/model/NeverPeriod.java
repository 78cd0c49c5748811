package io.quotaguard.model;

import java.time.Instant;

/** The period without resets: every instant falls in the one permanent window (R14). */
enum NeverPeriod implements ResetPeriod {
    NEVER;

    @Override
    public String code() {
        return "never";
    }

    @Override
    public Window windowAt(Instant instant, Anchor anchor) {
        return Window.PERMANENT;
    }

    @Override
    public String toString() {
        return code();
    }
}
