package io.quotaguard.torture.check;

import java.util.List;

/**
 * A promise that was broken, with the calls and rows that show it.
 *
 * @param story who called when and was told what, and what the ledger has
 */
public record Violation(Invariant invariant, String headline, List<String> story) {
    public Violation {
        story = List.copyOf(story);
    }

    @Override
    public String toString() {
        return invariant + ": " + headline + "\n    " + String.join("\n    ", story);
    }
}
