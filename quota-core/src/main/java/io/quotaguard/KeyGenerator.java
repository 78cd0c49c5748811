package io.quotaguard;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes idempotency keys for calls that bring none (R13): version 7 UUIDs (RFC 9562, section 5.7), which grow with time
 * so that a store's unique index stays hot at its end. Thread-safe.
 */
final class KeyGenerator {
    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final AtomicLong lastTick = new AtomicLong();

    private KeyGenerator() {}

    static String next() {
        // 48 bits of milliseconds and 12 bits that count within one; never behind the last, whatever the clock does.
        long now = System.currentTimeMillis() << 12;
        long tick = lastTick.updateAndGet(last -> Math.max(last + 1, now));
        long high = ((tick & ~0xFFFL) << 4) | 0x7000L | (tick & 0xFFFL);
        long low = (ThreadLocalRandom.current().nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return text(high, low);
    }

    private static String text(long high, long low) {
        char[] text = new char[36];
        int at = 0;
        for (int digit = 0; digit < 32; digit++) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
                text[at++] = '-';
            }
            long half = digit < 16 ? high : low;
            text[at++] = HEX[(int) (half >>> (60 - 4 * (digit & 15))) & 15];
        }
        return new String(text);
    }
}
