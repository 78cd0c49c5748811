package io.quotaguard.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What makes two calls with one key the same request: operation, amount and lines (R8). Immutable.
 *
 * <p>Only what the caller asked for is in it: who else is charged on its behalf may change between a call and its retry.
 * The key's scope already names subject and feature, so a call of one use needs only operation and amount: its value is
 * exact, {@code amount × 16 + operation}, and can be computed in SQL. A call of several uses, and a correction, take 63
 * bits of a SHA-256 digest, and are negative, so that the two never meet.
 *
 * @param value the fingerprint
 */
public record Fingerprint(long value) {

    /** Returns the fingerprint of a request. */
    static Fingerprint of(Command command) {
        int code = code(command.operation());
        List<Line> uses = command.lines().size() == 1
                ? command.lines()
                : command.lines().stream().filter(line -> line.origin() == null).toList();
        if (uses.size() == 1 && !command.operation().corrects()) {
            return new Fingerprint(ofUse(command.operation(), uses.get(0).amount()));
        }
        return new Fingerprint(digest(code, uses, command.target()) | Long.MIN_VALUE);
    }

    /** Returns the value for one use that takes nothing back. */
    public static long ofUse(Operation operation, long amount) {
        return amount * 16 + code(operation);
    }

    private static int code(Operation operation) {
        return switch (operation) {
            case RESET -> 2;
            case UP_TO -> 3;
            case HOLD -> 4;
            case CORRECT_TO -> 5;
            case CORRECT_BY -> 6;
            default -> 1;
        };
    }

    private static long digest(int code, List<Line> uses, @Nullable Target target) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((byte) code);
            if (target != null) {
                sha256.update(target.id().toString().getBytes(StandardCharsets.UTF_8));
            }
            for (Line line : uses) {
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
