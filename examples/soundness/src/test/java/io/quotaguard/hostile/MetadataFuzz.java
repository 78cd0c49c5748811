package io.quotaguard.hostile;

/** Entered by Jazzer; see README.md. */
public final class MetadataFuzz {
    private MetadataFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Targets.METADATA.accept(bytes);
    }
}
