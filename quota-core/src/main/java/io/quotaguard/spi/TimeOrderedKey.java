package io.quotaguard.spi;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Idempotency keys for calls that bring none (R13): version 7 UUIDs (RFC 9562, section 5.7), which grow with time so that
 * an index stays hot at its end.
 *
 * <p>Their order is that of their ticks: 48 bits of milliseconds and 12 bits that count within one.
 */
public final class TimeOrderedKey {
    private static final int TEXT_LENGTH = 36;

    private TimeOrderedKey() {}

    /** Returns the tick after {@code last}, or that of the present millisecond when it is later, whatever the clock does. */
    public static long tick(long last, long millis) {
        return Math.max(last + 1, millis << 12);
    }

    /** Returns a new key with the given tick. */
    public static UUID of(long tick) {
        long high = ((tick & ~0xFFFL) << 4) | 0x7000L | (tick & 0xFFFL);
        long low = (ThreadLocalRandom.current().nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** Returns the tick of the key that begins with these 64 bits; 0 for 0. */
    public static long tickOf(long mostSignificantBits) {
        return (mostSignificantBits >>> 4 & ~0xFFFL) | (mostSignificantBits & 0xFFF);
    }

    /** Returns the key of which {@code text} is the canonical, lower-case form, or null when it is none. */
    public static @Nullable UUID parse(String text) {
        if (text.length() != TEXT_LENGTH || text.charAt(14) != '7' || "89ab".indexOf(text.charAt(19)) < 0) {
            return null;
        }
        for (int i = 0; i < TEXT_LENGTH; i++) {
            char c = text.charAt(i);
            boolean hyphenated = i == 8 || i == 13 || i == 18 || i == 23;
            boolean fits = hyphenated ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (!fits) {
                return null;
            }
        }
        return UUID.fromString(text);
    }
}
