package io.quotaguard.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a check: allowed or refused, and everything needed to tell the user why and until when (R5). Immutable.
 *
 * <p>A decision over several lines answers {@link #feature()}, {@link #remaining()} and the like for its tightest line:
 * the first that refused, else the one with the least left. A use in a pool has a line for each level, and one for the
 * credits that it is paid from; {@link #use()} is the use's own.
 */
public final class Decision {
    /**
     * What is refused for good comes before what is only held: else the reason would promise room that never comes. Of
     * equals the use itself comes first, whatever the names of its pools.
     */
    private static final Comparator<Verdict> TIGHTEST_FIRST = Comparator.comparing(Verdict::allowed)
            .thenComparing(verdict -> verdict.refusal() == RefusalReason.HELD)
            .thenComparing(verdict -> verdict.usesLeft().orElse(Long.MAX_VALUE))
            .thenComparing(verdict -> verdict.origin() != null);

    private static final long AS_SAID = -1;

    /** The verdict on the tightest line, but for its totals unless {@link #used} is {@link #AS_SAID}. */
    private final Verdict tightest;

    /** All of them, when there is more than one. */
    private final List<Verdict> several;
    /**
     * Null for one that was made for the call. Hardly anybody reads that, so it stays two numbers until somebody does; and
     * so do the totals of the everyday use, since there may be millions of decisions a second.
     */
    private final @Nullable String key;

    private final long keyHigh;
    private final long keyLow;
    private final long used;
    private final boolean replayed;
    private final boolean degraded;

    /**
     * Makes the answer to a call.
     *
     * @param verdicts one per line, in any order
     * @param key the idempotency key of the call
     * @param replayed whether an earlier call with this key was answered again (R7)
     * @param degraded whether the store could not be asked and the failure policy answered (R43)
     */
    public Decision(List<Verdict> verdicts, String key, boolean replayed, boolean degraded) {
        if (verdicts.isEmpty()) {
            throw new InvalidQuotaArgumentException("a decision needs at least one line (R3)", verdicts);
        }
        this.several = verdicts.size() == 1
                ? List.of()
                : verdicts.stream().sorted(TIGHTEST_FIRST).toList();
        this.tightest = verdicts.size() == 1 ? verdicts.get(0) : several.get(0);
        this.key = key;
        this.keyHigh = 0;
        this.keyLow = 0;
        this.used = AS_SAID;
        this.replayed = replayed;
        this.degraded = degraded;
    }

    private Decision(Verdict verdict, long used, @Nullable String key, long keyHigh, long keyLow) {
        this.several = List.of();
        this.tightest = verdict;
        this.key = key;
        this.keyHigh = keyHigh;
        this.keyLow = keyLow;
        this.used = used;
        this.replayed = false;
        this.degraded = false;
    }

    /** Returns the first answer to a call of one line with a key of its own. */
    public static Decision of(Verdict verdict, String key) {
        return of(verdict, AS_SAID, key);
    }

    /** Returns the first answer to a call of one line for which {@code key} was made. */
    public static Decision of(Verdict verdict, UUID key) {
        return of(verdict, AS_SAID, key);
    }

    /** Returns as {@link #of(Verdict, String)} does, of the verdict with {@code used} units used, and none held. */
    public static Decision of(Verdict verdict, long used, String key) {
        return new Decision(verdict, used, key, 0, 0);
    }

    /** Returns as {@link #of(Verdict, UUID)} does, of the verdict with {@code used} units used, and none held. */
    public static Decision of(Verdict verdict, long used, UUID key) {
        return new Decision(verdict, used, null, key.getMostSignificantBits(), key.getLeastSignificantBits());
    }

    private Verdict tightest() {
        return used == AS_SAID ? tightest : tightest.with(new Counter(used, 0));
    }

    /** Returns one verdict per line, tightest first (R3). */
    public List<Verdict> verdicts() {
        return several.isEmpty() ? List.of(tightest()) : several;
    }

    /** Returns the idempotency key of the call, given or made (R13); retrying with it never counts twice. */
    public String key() {
        return key != null ? key : new UUID(keyHigh, keyLow).toString();
    }

    /** Tells whether an earlier call with this key was answered again (R7). */
    public boolean replayed() {
        return replayed;
    }

    /** Tells whether the store could not be asked and the failure policy answered (R43). */
    public boolean degraded() {
        return degraded;
    }

    public boolean allowed() {
        return tightest.allowed();
    }

    /** Returns why the use was refused; empty when it was allowed. */
    public Optional<RefusalReason> reason() {
        return Optional.ofNullable(tightest.refusal());
    }

    /** Returns the lines that refused, tightest first (R3). */
    public List<Verdict> refused() {
        return verdicts().stream().filter(verdict -> !verdict.allowed()).toList();
    }

    /** Returns the units that were charged for the uses themselves, or held, or taken back; 0 for a refusal. */
    public long granted() {
        long units = 0;
        for (Verdict verdict : verdicts()) {
            units += allowed() && verdict.origin() == null ? verdict.amount() : 0;
        }
        return units;
    }

    /** Returns how many of these units lie above the limit (R41). */
    public long overage() {
        long units = 0;
        for (Verdict verdict : verdicts()) {
            units += verdict.origin() == null ? verdict.overage() : 0;
        }
        return units;
    }

    /** Returns the verdict on the use itself, whatever is charged on its behalf; of several the tightest. */
    public Verdict use() {
        return verdicts().stream()
                .filter(verdict -> verdict.origin() == null)
                .findFirst()
                .orElseGet(this::tightest);
    }

    /** Returns when the first of the holds in the way expires; empty unless {@link RefusalReason#HELD} refused. */
    public Optional<Instant> heldUntil() {
        return Optional.ofNullable(tightest.heldUntil());
    }

    public String subject() {
        return tightest.subject();
    }

    public String feature() {
        return tightest.feature();
    }

    public Limit limit() {
        return tightest.limit();
    }

    public long used() {
        return tightest().counter().used();
    }

    public long held() {
        return tightest().counter().held();
    }

    /** Returns the units left, never negative; empty when unlimited. */
    public OptionalLong remaining() {
        return tightest().remaining();
    }

    /** Returns the window that was charged; empty when the subject does not have the feature. */
    public Optional<Window> window() {
        return Optional.ofNullable(tightest.window());
    }

    /** Returns when the count starts anew; empty when it never does. */
    public Optional<Instant> resetsAt() {
        return tightest.resetsAt();
    }

    public LimitSource source() {
        return tightest.source();
    }

    /**
     * Returns this decision when it allowed the use.
     *
     * @throws QuotaExceededException with this decision, when it refused
     */
    public Decision orThrow() {
        if (!allowed()) {
            throw new QuotaExceededException(this);
        }
        return this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Decision decision
                && verdicts().equals(decision.verdicts())
                && key().equals(decision.key())
                && replayed == decision.replayed
                && degraded == decision.degraded;
    }

    @Override
    public int hashCode() {
        return Objects.hash(verdicts(), key(), replayed, degraded);
    }

    @Override
    public String toString() {
        return "Decision[verdicts=" + verdicts() + ", key=" + key() + ", replayed=" + replayed + ", degraded="
                + degraded + "]";
    }
}
