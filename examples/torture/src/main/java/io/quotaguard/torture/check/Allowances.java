package io.quotaguard.torture.check;

import java.util.List;
import java.util.Set;

/**
 * What the library does not promise, and says so.
 *
 * @param killedNodes processes that were killed: each may have lost leased uses that it had not posted
 * @param unpostedUses the most such uses for each process and counter
 * @param losses when the store may have lost what it had acknowledged, as Redis without a file does with each kill; none for a
 *     store that loses nothing
 */
public record Allowances(Set<String> killedNodes, long unpostedUses, List<Loss> losses) {
    /** Nobody was killed, and nothing lost. */
    public static final Allowances NONE = new Allowances(Set.of(), 0, List.of());

    /** A span in which everything may be lost that was decided before its end; on the clock of the history. */
    public record Loss(long fromNanos, long toNanos) {}
}
