package io.quotaguard.hostile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes from somebody who means harm, read as what a target needs; reads zeros at the end. */
final class Input {
    private final byte[] bytes;
    private int next;

    Input(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isOver() {
        return next >= bytes.length;
    }

    int oneOf(int choices) {
        return isOver() ? 0 : Byte.toUnsignedInt(bytes[next++]) % choices;
    }

    long number() {
        int size = oneOf(9);
        long number = 0;
        for (int i = 0; i < size; i++) {
            number = number << 8 | oneOf(256);
        }
        return number;
    }

    /** Returns up to 255 characters: UTF-8 where it is, or any UTF-16 at all, lone surrogates included. */
    String text() {
        boolean wide = oneOf(2) == 1;
        int size = oneOf(256);
        if (!wide) {
            int end = Math.min(bytes.length, next + size);
            String text = new String(Arrays.copyOfRange(bytes, Math.min(next, end), end), StandardCharsets.UTF_8);
            next = end;
            return text;
        }
        StringBuilder text = new StringBuilder();
        while (text.length() < size && !isOver()) {
            text.append((char) (oneOf(256) << 8 | oneOf(256)));
        }
        return text.toString();
    }

    /** Returns all that is left, as UTF-8. */
    String rest() {
        String rest = new String(bytes, next, bytes.length - next, StandardCharsets.UTF_8);
        next = bytes.length;
        return rest;
    }
}
