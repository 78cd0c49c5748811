package io.quotaguard.hostile;

/** Entered by Jazzer; see README.md. */
public final class PlansFileFuzz {
    private PlansFileFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Targets.PLANS_FILE.accept(bytes);
    }
}
