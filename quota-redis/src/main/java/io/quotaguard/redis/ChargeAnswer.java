package io.quotaguard.redis;

import io.quotaguard.model.Counter;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.List;

/**
 * What the script answered to one command. Immutable.
 *
 * @param kind what became of it, or what it needs
 * @param now the store's time
 * @param rest what comes with the kind
 */
record ChargeAnswer(Kind kind, Instant now, List<Object> rest) {
    enum Kind {
        ACCEPTED,
        REFUSED,
        REPLAYED,
        CONFLICT,
        CLOCK,
        TOO_MUCH,
        /** The subject's revision is another. */
        SUBJECT,
        /** The plan's version is not known, or another. */
        PLAN,
        /** The revision of the default plan is not known, or another. */
        DEFAULT,
        /** The shard was never begun, or has lost its state. */
        SHARD,
        /** The subject is not loaded. */
        LOAD,
        /** Somebody keeps everybody off the subject. */
        FENCED,
        /** A revision is being changed, or an earlier command of the list has to be answered first. */
        WAIT,
        /** Only the store behind this one can say whether the key is known. */
        RECALL,
        /** Only the store behind this one can decide. */
        LEDGER,
        /** Too much waits for the ledger. */
        BACKLOG
    }

    static ChargeAnswer read(Object answer) {
        List<?> parts = (List<?>) answer;
        Instant now = Micros.instant(Ascii.number(parts.get(1)));
        return new ChargeAnswer(
                Kind.valueOf(Ascii.text(parts.get(0))), now, List.copyOf(parts.subList(2, parts.size())));
    }

    /** Tells whether the script wrote something that the caller is told of, now or before. */
    boolean isKept(Operation operation) {
        return (kind == Kind.ACCEPTED && operation == Operation.RECORD) || kind == Kind.REPLAYED;
    }

    /** Returns the place of the line that it is about. */
    int line() {
        return Math.toIntExact(Ascii.number(rest.get(0))) - 1;
    }

    /** Returns the revision that the subject was loaded with, when it is another than the command's. */
    long loadedRevision() {
        return Ascii.number(rest.get(1));
    }

    /** Returns the number of fences in the shard, when a revision is asked for. */
    byte[] fences() {
        return Ascii.of(Ascii.text(rest.get(1)));
    }

    /** Returns the stream's entry that a use wrote. */
    String entry() {
        return Ascii.text(rest.get(0));
    }

    /** Returns the answer that was kept under a key. */
    byte[] kept() {
        return (byte[]) rest.get(0);
    }

    /** Returns the totals of a line; {@code from} says where they begin. */
    Counter totals(int from, int line) {
        return new Counter(Ascii.number(rest.get(from + line)), 0);
    }
}
