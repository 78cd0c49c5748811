package io.quotaguard.hostile;

/** Entered by Jazzer; see README.md. */
public final class NamesFuzz {
    private NamesFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Targets.NAMES.accept(bytes);
    }
}
