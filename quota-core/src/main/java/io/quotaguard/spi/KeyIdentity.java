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
    private static final int UUID_LENGTH = 36;

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
        if (isVersion7(key)) {
            long time = Long.parseLong(key.substring(0, 8) + key.substring(9, 13), 16);
            return new UUID((time << 16) | 0x7000 | (high & 0x0FFF), low);
        }
        return new UUID((high & ~0xF000L) | 0x8000, low);
    }

    /** Tells whether the key is the canonical, lower-case text of a UUID of version 7. */
    private static boolean isVersion7(String key) {
        if (key.length() != UUID_LENGTH || key.charAt(14) != '7' || "89ab".indexOf(key.charAt(19)) < 0) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = key.charAt(i);
            boolean hyphenated = i == 8 || i == 13 || i == 18 || i == 23;
            boolean fits = hyphenated ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
