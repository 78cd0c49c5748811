package io.quotaguard.torture.check;

import java.util.Set;

/**
 * What the library does not promise, and says so.
 *
 * @param killedNodes processes that were killed: each may have lost leased uses that it had not posted
 * @param unpostedUses the most such uses for each process and counter
 * @param acknowledgedMayBeLost whether the store lost what it had acknowledged, as Redis without a file does
 */
public record Allowances(Set<String> killedNodes, long unpostedUses, boolean acknowledgedMayBeLost) {
    /** Nobody was killed, and nothing lost. */
    public static final Allowances NONE = new Allowances(Set.of(), 0, false);
}
