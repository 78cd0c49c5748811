package io.quotaguard.redis;

import java.nio.charset.StandardCharsets;

/** Arguments and answers of scripts, which are bytes. */
final class Ascii {
    private Ascii() {}

    static byte[] of(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] of(boolean flag) {
        return of(flag ? 1 : 0);
    }

    /** Returns what a script answered as a text or a number. */
    static String text(Object answer) {
        return answer instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(answer);
    }

    static long number(Object answer) {
        return answer instanceof Long number ? number : Long.parseLong(text(answer));
    }
}
