package io.quotaguard.jdbc;

import java.util.Comparator;

/** The order of texts by code points, which is that of their UTF-8 bytes and so of PostgreSQL's collation "C". */
final class CodePoints {
    static final Comparator<String> ORDER = CodePoints::compare;

    private CodePoints() {}

    private static int compare(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                return rank(a) - rank(b);
            }
        }
        return one.length() - other.length();
    }

    /** UTF-16 places surrogates before U+E000; as code points they come last. */
    private static int rank(char c) {
        if (c < Character.MIN_SURROGATE) {
            return c;
        }
        return Character.isSurrogate(c) ? c + 0x2000 : c - 0x800;
    }
}
