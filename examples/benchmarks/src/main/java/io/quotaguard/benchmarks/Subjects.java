package io.quotaguard.benchmarks;

/**
 * Whose quota is asked, the same for every contender: the numbers below {@code size} have room for whatever a benchmark
 * uses, and as many after them have used up the little that they had.
 *
 * @param size how many there are of each kind
 */
record Subjects(int size) {
    /** More than any run uses, and less than a token per nanosecond, which Bucket4j could not refill. */
    static final long ROOM = 1_000_000_000;

    /** An amount that nobody is allowed, however little is used. */
    static final long TOO_MUCH = ROOM + 1;

    static final long LITTLE = 1;

    int all() {
        return 2 * size;
    }

    boolean hasRoom(int subject) {
        return subject < size;
    }

    long limit(int subject) {
        return hasRoom(subject) ? ROOM : LITTLE;
    }
}
