package io.quotaguard.spi;

import io.quotaguard.model.Origin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of an idempotency key within its scope (R8), which is also that of the ledger row written under it.
 *
 * <p>It is a SHA-256 digest cut to a UUID. A key that is the text of a version 7 UUID lends its 48 bits of time, so that
 * identities grow as the ledger does and the unique index is written at its hot end; any other key's identity is marked
 * as version 8. A store that computes it on its side as well must come to the same.
 */
public final class KeyIdentity {
    private KeyIdentity() {}

    /** Returns the identity of a use: its key's within its subject and feature. */
    public static UUID of(String subject, String feature, String key) {
        return of(subject, feature, key, "");
    }

    /**
     * Returns the identity of one row that is written under a key.
     *
     * @param commit whether it charges what was held under that key
     * @param origin on whose behalf the counter is charged, or null for the use itself; such a row stands outside the
     *     scope of its counter's own keys, since every member of a pool may use any key
     */
    public static UUID of(String subject, String feature, String key, boolean commit, @Nullable Origin origin) {
        // Names and keys hold no control characters (R46), so that nothing else comes to the same text.
        String row = commit ? "\ncommit" : "";
        return of(
                subject, feature, key, origin == null ? row : row + '\n' + origin.subject() + '\n' + origin.feature());
    }

    private static UUID of(String subject, String feature, String key, String row) {
        ByteBuffer digest = ByteBuffer.wrap(
                sha256().digest((subject + '\n' + feature + '\n' + key + row).getBytes(StandardCharsets.UTF_8)));
        long high = digest.getLong();
        long low = (digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        UUID timed = TimeOrderedKey.parse(key);
        if (timed != null) {
            return new UUID((timed.getMostSignificantBits() & ~0xFFFFL) | 0x7000 | (high & 0x0FFF), low);
        }
        return new UUID((high & ~0xF000L) | 0x8000, low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
