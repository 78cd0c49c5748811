package io.quotaguard.plan;

import io.quotaguard.model.Change;
import io.quotaguard.model.Names;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The keys of the changes that one request consists of: made from its own, so that its retry has the same ones (R12). */
final class ImportKeys {
    private ImportKeys() {}

    /**
     * Returns the change under a key of its own; without a request key it has none.
     *
     * @param part which part of the request this is, with the version it was made for: the same edit of a later version
     *     is another change and must not be taken for a retry of the first
     */
    static Change own(Change change, String part) {
        String key = change.key();
        if (key == null) {
            return change;
        }
        String readable = key + " / " + part;
        return change.key(
                readable.codePointCount(0, readable.length()) <= Names.MAX_LENGTH ? readable : digest(readable));
    }

    private static String digest(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return "import " + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
