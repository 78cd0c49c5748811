package io.quotaguard.jdbc;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the statements in what one connection sends: Query and Execute messages of PostgreSQL's protocol 3.0 (its manual,
 * chapter "Frontend/Backend Protocol"). Used by one thread at a time.
 */
final class StatementCounter {
    private static final AtomicLong statements = new AtomicLong();
    private static final int PROTOCOL_3 = 196_608;
    private static final int START_HEADER = 8;
    private static final int HEADER = 5;

    /** The first messages of a connection have no type, up to the one that names the protocol. */
    private boolean starting = true;

    private final byte[] header = new byte[START_HEADER];
    private int read;
    private int left;

    static long statements() {
        return statements.get();
    }

    void sent(byte[] from, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (left > 0) {
                left--;
            } else {
                header[read++] = from[i];
                if (read == (starting ? START_HEADER : HEADER)) {
                    begin();
                }
            }
        }
    }

    private void begin() {
        read = 0;
        if (starting) {
            left = number(0) - START_HEADER;
            starting = number(4) != PROTOCOL_3;
        } else {
            left = number(1) + 1 - HEADER;
            if (header[0] == 'E' || header[0] == 'Q') {
                statements.incrementAndGet();
            }
        }
    }

    private int number(int at) {
        return (header[at] & 0xFF) << 24
                | (header[at + 1] & 0xFF) << 16
                | (header[at + 2] & 0xFF) << 8
                | (header[at + 3] & 0xFF);
    }
}
