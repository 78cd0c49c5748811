package io.quotaguard.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What makes two calls with one key the same request: operation, amount and lines (R8). Immutable.
 *
 * <p>The key's scope already names subject and feature, so a call with one line needs only operation and amount: its
 * value is exact, {@code amount × 16 + operation}, and can be computed in SQL. A call with several lines takes 63 bits of
 * a SHA-256 digest over all of them, and is negative, so that the two never meet.
 *
 * @param value the fingerprint
 */
public record Fingerprint(long value) {
    private static final int RECORD_CODE = 1;
    private static final int RESET_CODE = 2;

    /** Returns the fingerprint of a request. */
    public static Fingerprint of(Operation operation, List<Line> lines) {
        int code = operation == Operation.RESET ? RESET_CODE : RECORD_CODE;
        if (lines.size() == 1) {
            return new Fingerprint(lines.get(0).amount() * 16 + code);
        }
        return new Fingerprint(digest(code, lines) | Long.MIN_VALUE);
    }

    private static long digest(int code, List<Line> lines) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((byte) code);
            for (Line line : lines) {
                // Names hold no control characters (R46), so a line feed separates them without doubt.
                String text = line.subject() + '\n' + line.feature() + '\n' + line.amount() + '\n';
                sha256.update(text.getBytes(StandardCharsets.UTF_8));
            }
            return ByteBuffer.wrap(sha256.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
