package io.quotaguard.hostile;

/** Entered by Jazzer; see README.md. */
public final class RequestsFuzz {
    private RequestsFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Targets.REQUESTS.accept(bytes);
    }
}
